use super::*;
use std::ops::ControlFlow;
fn go(_: f64) -> ControlFlow<()> { ControlFlow::Continue(()) }
#[test]
fn first_look() {
    let cloud = Cloud::new(&[-1.0, 1.0], 1, None).unwrap();
    println!("{} {}", first_critical_temperature(&cloud), hot_enough(&cloud));
    let temperatures: Vec<f64> = (0..40).map(|i| 3.0 * libm::pow(0.9, i as f64)).collect();
    let settings = Settings { temperatures, most_clusters: 8, tolerance: 1e-12, most_steps: 20000 };
    let c = cool(&cloud, &settings, &mut go).unwrap();
    for s in &c.stages { println!("{:.4} {} F {:.12} D+TI {:.12} I {:.6} y {:?} steps {} res {:.1e} gain {:.1e}", s.temperature, s.clusters.count(), s.free_energy, s.distortion + s.temperature*s.information, s.information, s.clusters.centres, s.steps, s.residual, s.log_gain); }
    println!("{:#?}", c.splits);
}

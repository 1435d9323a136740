//! Which curves are the sizes of one uniform ferromagnet, and what is known of its transition.

use super::layout::{Curve, Layout};
use crate::exact::critical::{self, Critical};
use crate::statistics::special::normal_cdf;
use serde_json::Value;

/// A curve's lattice, when it belongs to a uniform ferromagnet without a field on a periodic lattice of equal sides.
pub(super) struct Magnet {
    /// The side L.
    pub side: f64,
    /// The transition of the infinite lattice, where it is known.
    pub known: Option<Critical>,
    /// The Binder cumulant deep in the disordered phase, where the order parameter is Gaussian.
    pub disordered: f64,
    /// Whether what a finite size adds falls off with powers of ln L, and not of L: four Potts states in the plane (Salas and Sokal 1997,
    /// arXiv:hep-lat/9607030) and four dimensions (Kenna and Lang 1993, arXiv:hep-lat/9210009).
    pub logarithmic: bool,
    /// Whether the transition is known to be of first order: Potts models of more than four states in the plane (Baxter 1973,
    /// doi:10.1088/0022-3719/6/23/005), and of more than two in space.
    pub first_order: bool,
    /// The model's keys but for the size.
    rest: Value,
}

/// The curves' magnets, when they are different sizes, two or more, of one along the temperature.
///
/// Left out are the chain and the complete graph, which have no transition or no side, and models with a continuous symmetry, or nearly so
/// (clocks of five states or more), in the plane, whose transition (Kosterlitz and Thouless 1973, doi:10.1088/0022-3719/6/7/010) has no
/// exponent ν.
pub(super) fn magnets(layout: &Layout<'_>) -> Option<Vec<Magnet>> {
    let found: Option<Vec<Magnet>> = layout.curves.iter().map(magnet).collect();
    let found = found.filter(|found| layout.is_temperature && found.len() > 1)?;
    let alike = found.iter().all(|magnet| magnet.rest == found[0].rest);
    let distinct = (1..found.len()).all(|at| found[..at].iter().all(|other| other.side != found[at].side));
    (alike && distinct).then_some(found)
}

fn magnet(curve: &Curve<'_>) -> Option<Magnet> {
    let model = &curve.experiment().model;
    let identity = model.identity();
    let keys = identity.get(model.name()).filter(|_| curve.is_of_one_model())?;
    let lattice = keys["lattice"].as_str()?;
    let sides: Option<Vec<f64>> = keys["size"].as_array()?.iter().map(Value::as_f64).collect();
    let sides = sides?;
    let side = *sides.first()?;
    let couplings: Vec<f64> = match &keys["coupling"] {
        Value::Array(each) => each.iter().filter_map(Value::as_f64).collect(),
        one => one.as_f64().into_iter().collect(),
    };
    let uniform = keys["boundary"] == "periodic"
        && keys["disorder"].is_null()
        && keys["field"].as_f64() == Some(0.0)
        && !couplings.is_empty()
        && couplings.iter().all(|coupling| *coupling > 0.0);
    let planar = matches!(lattice, "square" | "triangular" | "honeycomb" | "kagome");
    let spatial = matches!(lattice, "cubic" | "hypercubic") && sides.len() > 2;
    if !(uniform && (planar || spatial) && sides.iter().all(|other| *other == side)) {
        return None;
    }
    let one = couplings[0];
    let isotropic = couplings.iter().all(|coupling| *coupling == one);
    let states = keys["states"].as_u64().unwrap_or(0) as usize;
    let (known, disordered) = match model.name() {
        "ising" => (critical::ising(lattice, one), 0.0),
        "blume_capel" => (None, 0.0),
        "potts" => (critical::potts(lattice, states, one), majority(states)),
        "clock" if spatial || states < 5 => (None, if states > 2 { of_components(2.0) } else { 0.0 }),
        "xy" if spatial => (None, of_components(2.0)),
        "heisenberg" if spatial => (None, of_components(3.0)),
        _ => return None,
    };
    let mut rest = identity.clone();
    rest[model.name()]["size"] = Value::Null;
    let logarithmic = sides.len() == 4 || (planar && model.name() == "potts" && states == 4);
    let first_order = model.name() == "potts" && states > if planar { 4 } else { 2 };
    let known = known.filter(|_| isotropic);
    Some(Magnet { side, known, disordered, logarithmic, first_order, rest })
}

/// 1 − ⟨m⁴⟩/(3⟨m²⟩²) of the length of a Gaussian vector of n components: ⟨m⁴⟩/⟨m²⟩² = (n + 2)/n.
fn of_components(n: f64) -> f64 {
    1.0 - (n + 2.0) / (3.0 * n)
}

/// The same of the most frequent of q Potts states, M = max_a z_a − z̄ for q independent normal numbers z.
///
/// M does not depend on the mean z̄, which has the variance 1/q, so that ⟨M²⟩ = ⟨max²⟩ − 1/q and
/// ⟨M⁴⟩ = ⟨max⁴⟩ − 6⟨M²⟩/q − 3/q², with ⟨max^k⟩ = ∫ x^k q φ(x) Φ(x)^{q−1} dx by the trapezoidal rule.
fn majority(states: usize) -> f64 {
    const STEP: f64 = 0.05;
    let q = states as f64;
    let (mut second, mut fourth) = (0.0, 0.0);
    for at in -200_i32..=200 {
        let x = STEP * f64::from(at);
        let density = libm::exp(-0.5 * x * x) / libm::sqrt(std::f64::consts::TAU);
        let weight = STEP * q * density * libm::pow(normal_cdf(x), q - 1.0);
        second += weight * x * x;
        fourth += weight * x * x * x * x;
    }
    let square = second - 1.0 / q;
    1.0 - (fourth - 6.0 * square / q - 3.0 / (q * q)) / (3.0 * square * square)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    #[test]
    fn binder_cumulants_of_disorder_are_those_of_gaussian_order_parameters() {
        assert!(majority(2).abs() < 1e-12, "two states have the order parameter |z₁ − z₂|/2");
        assert!((of_components(1.0)).abs() < 1e-15);
        let mut stream = rng::stream(8, "majority", "", 0);
        for states in [3, 4, 10] {
            let (draws, mut second, mut fourth) = (20_000, 0.0, 0.0);
            for _ in 0..draws {
                let z: Vec<f64> = (0..states).map(|_| rng::standard_normal(&mut stream)).collect();
                let mean = z.iter().sum::<f64>() / states as f64;
                let square = (z.iter().copied().fold(f64::NEG_INFINITY, f64::max) - mean).powi(2);
                second += square / f64::from(draws);
                fourth += square * square / f64::from(draws);
            }
            let drawn = 1.0 - fourth / (3.0 * second * second);
            // The ratio of moments has a standard error of about 0.007.
            assert!((majority(states) - drawn).abs() < 0.035, "{states}: {} and {drawn}", majority(states));
        }
    }
}

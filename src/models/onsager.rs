//! The infinite square lattice of Ising spins, solved by Onsager.

use super::closed::{self, Closed};
use super::{Model, ModelEntry, schema_of};
use crate::exact::methods::{CLOSED_FORM, Method};
use crate::exact::onsager::{InfiniteLattice, critical_temperature};
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "onsager",
    summary: "the infinite square Ising lattice, for each site",
    energy: r"Its energy is a site's share of $E = -J \sum_{\langle ij \rangle} s_i s_j$ over all neighbours, with spins $s_i = \pm 1$.",
    doc: r"The Ising model on the infinite square lattice, $E = -J \sum_{\langle ij \rangle} s_i s_j$ with `coupling` $J$ (1 unless given) and no
field, as Onsager solved it. All quantities are those of one site, in the limit of many:
$$\frac{\ln Z}{N} = \ln(2 \cosh 2K) + \frac1\pi \int_0^{\pi/2} \ln \tfrac12 \left( 1 + \sqrt{1 - \kappa^2 \cos^2 \psi} \right) \mathrm d\psi, \quad
\kappa = \frac{2 \sinh 2K}{\cosh^2 2K}, \quad K = J/T .$$
The heat capacity is infinite at $T_{\mathrm c} = 2J/\ln(1 + \sqrt2)$, where it diverges as $-\tfrac{8 K_{\mathrm c}^2}{\pi} \ln \lvert 1 - T/T_{\mathrm c} \rvert$.
`magnetization` is the spontaneous one, $(1 - \sinh^{-4} 2K)^{1/8}$ below $T_{\mathrm c}$ (Yang) and 0 above it and for $J < 0$.",
    schema: schema_of::<OnsagerSpec>,
    build,
};

/// The infinite square lattice.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct OnsagerSpec {
    /// The coupling J of neighbours, 1 unless given; positive is ferromagnetic.
    #[serde(default = "closed::one")]
    coupling: f64,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let OnsagerSpec { coupling } = closed::keys("onsager", keys)?;
    closed::none_of([
        closed::energy("model.onsager.coupling", coupling),
        (coupling == 0.0).then(|| {
            Problem::new("model.onsager.coupling", "spins that are not coupled make no lattice")
                .label("must not be 0")
        }),
    ])?;
    let critical = number::significant(critical_temperature(coupling), 5);
    Ok(Arc::new(Closed {
        name: "onsager",
        identity: json!({ "onsager": { "coupling": coupling } }),
        description: "a site of the infinite square Ising lattice".to_owned()
            + &closed::unless_one("J", coupling)
            + &format!(" (T_c = {critical})"),
        sites: None,
        magnetization: true,
        methods: vec![Method::new(CLOSED_FORM, Ok(InfiniteLattice { coupling }))],
    }))
}

#[cfg(test)]
mod tests {
    use crate::exact::Thermodynamics;
    use crate::exact::onsager::critical_temperature;
    use crate::input::Context;
    use crate::input::testing::NO_FILES;
    use crate::models;
    use serde_json::json;
    use std::ops::ControlFlow;

    fn solve(table: &serde_json::Value, temperature: f64) -> Thermodynamics {
        let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES };
        let model = models::build(table, &context).unwrap();
        model.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn far_from_the_transition_a_large_torus_is_the_same() {
        // Corrections fall as e^{−L/ξ}; with sides of 256, and ln 2 for the two ordered states.
        for (coupling, temperature) in [(1.0, 1.8), (1.0, 3.2), (-1.5, 5.0), (1.0, -1.7)] {
            let infinite = solve(&json!({ "onsager": { "coupling": coupling } }), temperature);
            let torus = json!({ "ising": { "lattice": "square", "size": 256, "coupling": coupling } });
            let (torus, sites) = (solve(&torus, temperature), 65_536.0);
            let ordered = temperature.abs() < critical_temperature(coupling);
            let log = (torus.log_partition - if ordered { std::f64::consts::LN_2 } else { 0.0 }) / sites;
            assert!((infinite.log_partition - log).abs() < 1e-13, "ln Z at {temperature}");
            assert!((infinite.energy - torus.energy / sites).abs() < 1e-12, "U at {temperature}");
            let variance = torus.energy_variance / sites;
            assert!((infinite.energy_variance / variance - 1.0).abs() < 1e-9, "Var E at {temperature}");
        }
    }

    #[test]
    fn the_limits_hold() {
        let at = |temperature: f64| solve(&json!({ "onsager": {} }), temperature);
        let frozen = at(0.0);
        assert_eq!((frozen.energy, frozen.energy_variance), (-2.0, 0.0));
        assert_eq!(frozen.order.unwrap().square, 1.0);
        assert!(at(critical_temperature(1.0)).energy_variance.is_infinite());
        assert_eq!(at(2.3).order.unwrap().square, 0.0);
    }
}

//! From counts to estimates and tables.

use super::from_record;
use crate::exact::occupation::{Boltzmann, Occupation, Occupied, log_factorial, stirling};
use crate::quantity::declared;
use crate::record::{Analysis, Doubt, Estimate, Record, Table};

/// The quantities of objects in boxes beside the entropy.
pub(in super::super) const OWN: [&str; 6] = [
    "log_multiplicity",
    "entropy_per_object",
    "inverse_temperature",
    "kl_divergence",
    "peak_width",
    "stirling_error",
];

/// What has no value without objects.
const NO_OBJECTS: &str = "not defined without objects";

/// Estimates, and the tables `occupations`, `multiplicity` and `stirling`.
pub(super) fn analyse(occupation: &Occupation, records: &[Record]) -> Analysis {
    let mut analysis = Analysis::default();
    let Some(occupied) = records.first().and_then(from_record) else {
        let text = "The record holds no occupations.".to_owned();
        analysis.warnings.push(Doubt { about: "record", excess: f64::INFINITY, text });
        return analysis;
    };
    let log_multiplicity = occupied.log_multiplicity;
    for name in ["entropy", "log_multiplicity"] {
        analysis.estimates.push(Estimate::exact(declared(name), log_multiplicity));
    }
    let Some(limit) = occupation.boltzmann() else {
        analysis.estimates.extend(OWN[1..].iter().map(|name| Estimate::absent(declared(name), NO_OBJECTS)));
        analysis.tables.push(occupations(occupation, &occupied, None));
        return analysis;
    };
    let objects = occupation.objects() as f64;
    let exact = |name: &str, value: f64| Estimate::exact(declared(name), value);
    analysis.estimates.extend([
        exact("entropy_per_object", log_multiplicity / objects),
        inverse_temperature(limit),
        exact("kl_divergence", occupied.divergence(limit)),
        exact("peak_width", occupied.width()),
        exact("stirling_error", (objects * limit.entropy - log_multiplicity).max(0.0)),
    ]);
    analysis.tables.push(occupations(occupation, &occupied, Some(limit)));
    analysis.tables.push(multiplicity(&occupied));
    analysis.tables.push(by_stirling(occupation, &occupied, limit));
    if occupied.log_likeliest.is_none() {
        let text =
            "The most probable distribution was not found: too many distributions come near it.".to_owned();
        analysis.warnings.push(Doubt { about: "likeliest", excess: 1.0, text });
    }
    analysis
}

fn inverse_temperature(limit: &Boltzmann) -> Estimate {
    let quantity = declared("inverse_temperature");
    match limit.inverse_temperature {
        None => Estimate::absent(quantity, "any value will do, since all boxes have one energy"),
        Some(beta) if beta == f64::INFINITY => {
            Estimate::absent(quantity, "+∞: all objects are in the lowest boxes")
        }
        Some(beta) if beta == f64::NEG_INFINITY => {
            Estimate::absent(quantity, "−∞: all objects are in the highest boxes")
        }
        // −0 is 0.
        Some(beta) => Estimate::exact(quantity, beta + 0.0),
    }
}

fn occupations(occupation: &Occupation, occupied: &Occupied, limit: Option<&Boltzmann>) -> Table {
    let mut table = Table::new(
        "occupations",
        "How the boxes are occupied: the mean number of objects over all assignments and its standard deviation, the number in \
         the most probable distribution, and N p with the Boltzmann probability p of the same mean energy.",
        &["box", "energy", "degeneracy", "mean", "deviation", "most_probable", "boltzmann"],
    );
    let objects = occupation.objects() as f64;
    for (index, (one, found)) in occupation.boxes().iter().zip(&occupied.boxes).enumerate() {
        table.push(vec![
            index.into(),
            one.energy.into(),
            one.degeneracy.into(),
            found.mean.into(),
            libm::sqrt(found.variance).into(),
            found.likeliest.map(|count| count as f64).into(),
            limit.map(|limit| objects * limit.probabilities[index]).into(),
        ]);
    }
    table
}

fn multiplicity(occupied: &Occupied) -> Table {
    let mut table = Table::new(
        "multiplicity",
        "The logarithm of the number of all assignments, that of the most probable distribution alone, and its share of them.",
        &["log_multiplicity", "log_most_probable", "share"],
    );
    let share =
        occupied.log_likeliest.map(|likeliest| libm::exp(likeliest - occupied.log_multiplicity).min(1.0));
    table.push(vec![occupied.log_multiplicity.into(), occupied.log_likeliest.into(), share.into()]);
    table
}

fn by_stirling(occupation: &Occupation, occupied: &Occupied, limit: &Boltzmann) -> Table {
    let mut table = Table::new(
        "stirling",
        "Stirling's formula beside exact values: ln N! ≈ N ln N − N, and ln Ω ≈ N ln N − Σ n ln(n/g) with the Boltzmann \
         occupations n = N p.",
        &["logarithm", "exact", "stirling", "error", "relative_error"],
    );
    let objects = occupation.objects();
    for (name, exact, approximation) in [
        ("ln N!", log_factorial(objects), stirling(objects)),
        ("ln Ω", occupied.log_multiplicity, objects as f64 * limit.entropy),
    ] {
        let error = approximation - exact;
        let relative = (exact > 0.0).then(|| error / exact);
        table.push(vec![name.into(), exact.into(), approximation.into(), error.into(), relative.into()]);
    }
    table
}

//! The question and the answer of a sweep: about two samplers, the peak of the specific heat, or the first point.

use super::compare::Samplers;
use super::layout::Layout;
use super::peaks::{Peak, plain_label};
use super::spec::SweepExperiment;
use crate::kind::Study;
use crate::number;

/// The question and the answer of curves over the temperature.
pub(super) fn peak(layout: &Layout<'_>, peaks: &[Peak], t_c: Option<f64>) -> (String, String) {
    let sizes_differ = peaks.iter().any(|peak| peak.sites != peaks[0].sites);
    let higher = |peak: &Peak, best: &Peak| {
        if sizes_differ { peak.sites > best.sites } else { peak.value > best.value }
    };
    let top = peaks.iter().fold(&peaks[0], |best, peak| if higher(peak, best) { peak } else { best });
    let question = if layout.curves.len() > 1 && sizes_differ {
        "At which temperature do the energy fluctuations peak, and how does that change with the size of the system?"
    } else if layout.curves.len() > 1 {
        "At which temperature do the energy fluctuations peak, and on which curve most?"
    } else {
        "At which temperature do the energy fluctuations peak?"
    };
    let beside =
        top.reference.map_or(String::new(), |exact| format!(" (exact: ${}$)", number::significant(exact, 5)));
    let mut answer = format!(
        "For {}{}, the specific heat per site is largest at $T = {}$ among the temperatures measured, $c = {}${beside}",
        top.description,
        if layout.curves.len() > 1 && !sizes_differ {
            format!(" with {}, of all curves the one with the highest peak", plain_label(&top.label))
        } else {
            String::new()
        },
        number::plain(top.temperature),
        number::with_error(top.value, top.std_error)
    );
    if top.at_edge {
        answer.push_str("; that is an end of the range, so the maximum may lie beyond it");
    }
    if sizes_differ {
        answer.push_str(&growth(peaks, top));
    }
    if let Some(t_c) = t_c {
        answer.push_str(&format!("; the infinite lattice has $T_c = {}$", number::significant(t_c, 5)));
    }
    answer.push('.');
    (question.to_owned(), answer)
}

/// What the peak does from the smallest system to the one with the highest peak, when that is more than chance.
fn growth(peaks: &[Peak], top: &Peak) -> String {
    let Some(small) = peaks.iter().min_by_key(|peak| peak.sites).filter(|small| small.sites < top.sites)
    else {
        return String::new();
    };
    let (Some(a), Some(b)) = (small.std_error, top.std_error) else { return String::new() };
    let from = format!(
        "for {} it is $c = {}$ at $T = {}$",
        plain_label(&small.label),
        number::with_error(small.value, Some(a)),
        number::plain(small.temperature)
    );
    if top.value - small.value > 3.0 * libm::sqrt(a * a + b * b) {
        format!("; {from}, so the peak grows with the system")
    } else {
        format!("; {from}, which is not significantly less")
    }
}

/// The question and the answer of a study whose curves differ in the sampler alone.
pub(super) fn samplers(both: &Samplers, t_c: Option<f64>) -> (String, String) {
    let (slow, quick) = (&both.slow, &both.quick);
    let question =
        format!("How much sooner does {quick} forget than {slow}, and do both give the same averages?");
    let why = match t_c.filter(|_| both.near_t_c) {
        Some(t_c) => format!(", next to $T_c = {}$", number::significant(t_c, 5)),
        None => ", where they differ most".to_owned(),
    };
    let agreement = match &both.energies {
        None => "no energies could be compared".to_owned(),
        Some(energies) => format!(
            "their mean energies {} ($\\chi^2 = {}$ over {} points)",
            if energies.consistent { "agree" } else { "do not agree" },
            number::significant(energies.chi2, 2),
            energies.count,
        ),
    };
    let answer = format!(
        "At {}{why}, {quick} forgets the energy within $\\tau = {}$ sweeps, {} times sooner than {slow} within {}, and \
         {agreement}.",
        both.place,
        both.tau_quick.shown(),
        both.ratio.shown(),
        both.tau_slow.shown(),
    );
    (question, answer)
}

/// The question and the answer of any other study.
pub(super) fn plain(study: &Study<'_>, layout: &Layout<'_>) -> (String, String) {
    let point = &study.points[0];
    let experiment: &SweepExperiment = point.downcast();
    let text = |name: &str| {
        point.analysis.get(name).and_then(|estimate| {
            let exact = estimate
                .reference
                .map_or(String::new(), |(exact, _)| format!(" (exact: ${}$)", number::significant(exact, 5)));
            Some(format!("${}${exact}", number::with_error(estimate.value?, estimate.std_error)))
        })
    };
    let energy = text("energy_per_site").unwrap_or_else(|| "unknown".to_owned());
    let heat = text("specific_heat").unwrap_or_else(|| "unknown".to_owned());
    let place = match layout.x {
        Some(axis) => {
            let value = plain_label(&study.axes[axis].named(&point.coordinates[axis]));
            format!(" and {value}, the first of the points measured,")
        }
        None => String::new(),
    };
    (
        format!("What are the mean energy and its fluctuations in {}?", experiment.model.description()),
        format!(
            "At $T = {}${place} the energy per site is {energy} and the specific heat per site is {heat}.",
            number::plain(experiment.temperature)
        ),
    )
}

//! The story of an ensemble: what was asked, what came out, and the numbers that the handout cites.

use super::facts::{Facts, facts, maths};
use super::figures::{Curve, Units, curves, figures, horizontal, value};
use super::{Ensemble, subjects};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::json;

/// Question, answer, figures and facts.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(first) = study.points.first() else {
        return Story {
            question: "What follows from the partition function?".to_owned(),
            answer: "No point could be solved.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        };
    };
    let swept = study.axes.iter().position(|axis| axis.path == "temperature");
    let curves = match horizontal(study) {
        Some(along) => curves(study, along),
        None => vec![Curve {
            label: String::new(),
            points: study.points.iter().map(|point| (0.0, point)).collect(),
        }],
    };
    let model = &first.downcast::<Ensemble>().model;
    let description = model.description();
    let same_model =
        study.points.iter().all(|point| point.downcast::<Ensemble>().model.description() == description);
    let subject =
        if same_model { description.clone() } else { format!("{description} and the others like it") };
    let (question, answer) = match (swept, &curves[..]) {
        (Some(_), [curve]) if curve.points.len() > 1 => along_temperature(&subject, curve),
        (Some(_), _) if study.points.len() > 1 => several(&subject, &curves),
        _ => single(&subject, study),
    };
    let mut figures = figures(study);
    figures.extend(subjects::figures(study, Units::of(&**model)));
    let facts = json!(facts(study, &curves, swept.is_some()));
    let place =
        |point: &StudyPoint<'_>| format!("$T = {}$", number::plain(point.downcast::<Ensemble>().temperature));
    Story { question, answer, figures, warnings: study.doubts(place), facts, ..Story::default() }
}

/// The largest heat capacity on a curve, and whether it lies inside the range.
fn peak(curve: &Curve<'_>) -> Option<(f64, f64, bool)> {
    let values: Vec<(f64, f64)> =
        curve.points.iter().filter_map(|(x, point)| Some((*x, value(point, "heat_capacity")?))).collect();
    let index = (0..values.len()).max_by(|a, b| values[*a].1.total_cmp(&values[*b].1))?;
    Some((values[index].0, values[index].1, index > 0 && index + 1 < values.len()))
}

fn along_temperature(subject: &str, curve: &Curve<'_>) -> (String, String) {
    let question = format!("How does {subject} weigh energy against entropy as the temperature rises?");
    let Some((temperature, capacity, inside)) = peak(curve) else {
        return (question, "No heat capacity could be computed.".to_owned());
    };
    let (shown, at) = (number::significant(capacity, 4), number::significant(temperature, 4));
    let place = if inside {
        format!(
            "The energy responds most strongly at $T = {at}$, the grid's largest heat capacity, $C = {shown}$"
        )
    } else {
        format!("The heat capacity is largest at an end of the range, $C = {shown}$ at $T = {at}$")
    };
    let ends = [&curve.points[0], &curve.points[curve.points.len() - 1]];
    let [low, high] = ends.map(|(t, point)| {
        (number::significant(*t, 4), number::significant(value(point, "entropy").unwrap_or(0.0), 3))
    });
    let entropy = |end: &(f64, &StudyPoint<'_>)| value(end.1, "entropy").unwrap_or(0.0);
    let verb = if ends[0].0 >= 0.0 && entropy(ends[1]) > entropy(ends[0]) { "grows" } else { "goes" };
    (
        question,
        format!(
            "{place}; between $T = {}$ and $T = {}$ the entropy {verb} from $S = {}$ to $S = {}$.",
            low.0, high.0, low.1, high.1
        ),
    )
}

fn several(subject: &str, curves: &[Curve<'_>]) -> (String, String) {
    let question = format!("Where does the energy of {subject} respond most strongly to the temperature?");
    let peaks: Vec<String> = curves
        .iter()
        .filter_map(|curve| {
            let (temperature, capacity, inside) = peak(curve)?;
            let end = if inside { "" } else { " (an end of the range)" };
            let (at, shown) = (number::significant(temperature, 4), number::significant(capacity, 4));
            Some(format!("at $T = {at}$ with $C = {shown}$ for {}{end}", maths(&curve.label)))
        })
        .take(6)
        .collect();
    (question, format!("On the grid of temperatures the heat capacity is largest {}.", peaks.join("; ")))
}

fn single(subject: &str, study: &Study<'_>) -> (String, String) {
    let point = &study.points[0];
    let temperature = point.downcast::<Ensemble>().temperature;
    let shown = |name: &str| number::significant(value(point, name).unwrap_or(0.0), 5);
    let question = format!("What does {subject} settle for at $T = {}$?", number::plain(temperature));
    let entropy_part = number::significant(temperature * value(point, "entropy").unwrap_or(0.0), 5);
    let mut answer = format!(
        "The free energy is $F = {}$: the energy $U = {}$ less $TS = {entropy_part}$",
        shown("free_energy"),
        shown("energy"),
    );
    if study.points.len() > 1 {
        answer.push_str(", at the first of the points");
    } else if let Some(table) = point.analysis.table("populations") {
        let (energies, shares) = (table.numbers("energy"), table.numbers("probability"));
        let likeliest = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b]));
        if let Some(index) = likeliest {
            answer.push_str(&format!(
                "; the likeliest energy in the table of populations is $E = {}$, with probability ${}$",
                number::plain(energies[index]),
                number::significant(shares[index], 3),
            ));
        }
    }
    (question, answer + ".")
}

//! The story of an ensemble: what was asked, what came out, and the numbers that the handout cites.

use super::Ensemble;
use super::analyse::TOLERANCE;
use super::figures::{Curve, curves, figures, horizontal, value};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::{Value, json};

/// The most rows of the handout's table of thermodynamics.
const ROWS: usize = 9;

/// Question, answer, figures and facts.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(first) = study.points.first() else {
        return Story {
            question: "What follows from the partition function?".to_owned(),
            answer: "No point could be solved.".to_owned(),
            facts: json!({ "empty": true }),
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
    let subject = if same_model { description.clone() } else { format!("{description}, and its relatives") };
    let (question, answer) = match (swept, &curves[..]) {
        (Some(_), [curve]) if curve.points.len() > 1 => along_temperature(&subject, curve),
        (Some(_), _) if study.points.len() > 1 => several(&subject, &curves),
        _ => single(&subject, study),
    };
    let figures = figures(study);
    let has = |id: &str| figures.iter().skip(1).any(|figure| figure.id == id);
    let curve = &curves[0];
    let (low, high) = (curve.points[0].1, curve.points[curve.points.len() - 1].1);
    let residuals = study.points.iter().filter_map(|point| point.analysis.table("balance"));
    let residuals: Vec<f64> = residuals.flat_map(|table| table.numbers("residual")).collect();
    let states = number_of_states(high);
    let facts = json!({
        "empty": false,
        "description": description,
        "method": model.exact().map(|exact| exact.method()).unwrap_or_default(),
        "temperature_swept": swept.is_some() && curve.points.len() > 1,
        "single_curve": curves.len() == 1,
        "has_balance": has("balance"),
        "has_thermodynamics": has("thermodynamics"),
        "low": end(low),
        "high": end(high),
        "has_ground": states.is_some(),
        "ground": ground(low),
        "log_states": states.map_or(0.0, libm::log),
        "entropy_share": states.filter(|states| *states > 1.0).map_or(0.0, |states| {
            value(high, "entropy").unwrap_or(0.0) / libm::log(states)
        }),
        "entropy_percent": states.filter(|states| *states > 1.0).map(|states| {
            number::significant(100.0 * value(high, "entropy").unwrap_or(0.0) / libm::log(states), 3)
        }),
        "rows": rows(curve),
        "curve_label": maths(&curve.label),
        "has_residual": residuals.len() == study.points.len(),
        "has_share": states.is_some_and(|states| states > 1.0),
        "residual_small": residuals.iter().all(|residual| *residual <= TOLERANCE),
        "residual": number::significant(residuals.iter().copied().fold(0.0, f64::max), 2),
        "sites": model.sites(),
        "has_sites": model.sites().is_some(),
    });
    let warnings = study.points.iter().flat_map(|point| {
        let temperature = number::plain(point.downcast::<Ensemble>().temperature);
        point.analysis.warnings.iter().map(move |text| format!("At $T = {temperature}$: {text}"))
    });
    Story { question, answer, figures, warnings: warnings.collect(), facts }
}

/// The largest heat capacity on a curve, and whether it lies inside the range.
fn peak(curve: &Curve<'_>) -> Option<(f64, f64, bool)> {
    let values: Vec<(f64, f64)> =
        curve.points.iter().filter_map(|(x, point)| Some((*x, value(point, "heat_capacity")?))).collect();
    let index = (0..values.len()).max_by(|a, b| values[*a].1.total_cmp(&values[*b].1))?;
    Some((values[index].0, values[index].1, index > 0 && index + 1 < values.len()))
}

fn along_temperature(subject: &str, curve: &Curve<'_>) -> (String, String) {
    let question = format!(
        "How does {subject} share its probability between energy and entropy as the temperature rises?"
    );
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
    (
        question,
        format!(
            "{place}; between $T = {}$ and $T = {}$ the entropy grows from $S = {}$ to $S = {}$.",
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

/// The number of microstates, when the populations hold all of them.
fn number_of_states(point: &StudyPoint<'_>) -> Option<f64> {
    point.analysis.table("balance")?;
    Some(point.analysis.table("populations")?.numbers("degeneracy").iter().sum())
}

/// The lowest level in the table of populations.
fn ground(point: &StudyPoint<'_>) -> Value {
    let Some(table) = point.analysis.table("populations") else { return Value::Null };
    let (energies, degeneracies) = (table.numbers("energy"), table.numbers("degeneracy"));
    let lowest = (0..energies.len()).min_by(|a, b| energies[*a].total_cmp(&energies[*b]));
    lowest.map_or(Value::Null, |index| {
        json!({
            "energy": energies[index],
            "degeneracy": degeneracies[index],
            "entropy": libm::log(degeneracies[index]),
            "probability": table.numbers("probability")[index],
        })
    })
}

/// The thermodynamics of one point as the template reads it.
fn end(point: &StudyPoint<'_>) -> Value {
    let get = |name: &str| value(point, name).unwrap_or(0.0);
    json!({
        "temperature": point.downcast::<Ensemble>().temperature,
        "log_partition": get("log_partition"),
        "free_energy": get("free_energy"),
        "energy": get("energy"),
        "entropy": get("entropy"),
        "heat_capacity": get("heat_capacity"),
    })
}

/// Figure markup → Markdown maths, for the labels of curves: `*L* = 16` becomes `$L = 16$`.
fn maths(label: &str) -> String {
    let parts = label.split(", ").map(|part| match part.starts_with('*') {
        true => format!("${}$", part.replace('*', "")),
        false => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// At most [`ROWS`] points of a curve, evenly spread, both ends included.
fn rows(curve: &Curve<'_>) -> Vec<Value> {
    let count = curve.points.len();
    let shown = count.min(ROWS);
    let place = |row: usize| if shown < 2 { 0 } else { (row * (count - 1) + (shown - 1) / 2) / (shown - 1) };
    let names = ["log_partition", "free_energy", "energy", "entropy", "heat_capacity"];
    let at = |row: usize| &curve.points[place(row)];
    // Each column with as many decimals as give its largest number five digits.
    let places = names.map(|name| {
        let size = |row: usize| value(at(row).1, name).unwrap_or(0.0).abs();
        let largest = (0..shown).map(size).fold(0.0, f64::max);
        let exponent = if largest > 0.0 { libm::floor(libm::log10(largest)) } else { 0.0 };
        (-9.0..=9.0).contains(&exponent).then_some((4.0 - exponent).max(0.0) as usize)
    });
    (0..shown)
        .map(|row| {
            let (_, point) = at(row);
            let mut cells = json!({ "temperature": point.downcast::<Ensemble>().temperature });
            for (name, places) in names.iter().zip(places) {
                let x = value(point, name).unwrap_or(0.0);
                cells[*name] =
                    json!(places.map_or_else(|| number::plain(x), |places| number::fixed(x, places)));
            }
            cells
        })
        .collect()
}

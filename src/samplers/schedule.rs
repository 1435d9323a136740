//! Cooling schedules: the temperature of each sweep of an annealing run.

use crate::input::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A line of the registry of schedules.
pub struct Schedule {
    /// The name after `[schedule.`.
    pub name: &'static str,
    /// One line for `gibbs list`.
    pub summary: &'static str,
    /// Documentation for `gibbs explain`, in Markdown.
    pub doc: &'static str,
    /// The formula in LaTeX, with T_0 the first and T_1 the last temperature and x the share of the run done, 0 to 1.
    pub formula: &'static str,
    /// Whether the last temperature may be 0.
    pub reaches_zero: bool,
    /// The temperature at share x (0 to 1) of a run from one temperature to another.
    temperature: fn(from: f64, to: f64, x: f64) -> f64,
}

/// Every schedule.
pub static SCHEDULES: &[Schedule] = &[
    Schedule {
        name: "geometric",
        summary: "the temperature falls by the same factor in each sweep",
        doc: "The temperature falls by the same factor in each sweep, from `from` to `to`: equal ratios of temperature get \
              equal time, so that much of the run is spent in the cold. Both ends must be positive.",
        formula: r"T(x) = T_0 \, (T_1/T_0)^x",
        reaches_zero: false,
        temperature: |from, to, x| from * libm::pow(to / from, x),
    },
    Schedule {
        name: "linear",
        summary: "the temperature falls by the same amount in each sweep",
        doc: "The temperature falls by the same amount in each sweep, from `from` to `to`. `to` may be 0, at which only \
              moves that do not raise the energy are accepted.",
        formula: r"T(x) = T_0 + (T_1 - T_0)\, x",
        reaches_zero: true,
        temperature: |from, to, x| from + (to - from) * x,
    },
    Schedule {
        name: "linear_beta",
        summary: "the inverse temperature rises by the same amount in each sweep",
        doc: "The inverse temperature $\\beta = 1/T$ rises by the same amount in each sweep, from `1/from` to `1/to`; `from` \
              and `to` are temperatures here too. Both must be positive.",
        formula: r"1/T(x) = 1/T_0 + (1/T_1 - 1/T_0)\, x",
        reaches_zero: false,
        temperature: |from, to, x| 1.0 / (1.0 / from + (1.0 / to - 1.0 / from) * x),
    },
];

/// Looks a schedule up by its name.
pub fn find(name: &str) -> Option<&'static Schedule> {
    SCHEDULES.iter().find(|schedule| schedule.name == name)
}

/// The schedule and its keys in a table that holds one of them by name, such as `[schedule.geometric]`; what is wrong goes
/// into `problems`.
pub fn read<T: DeserializeOwned>(
    table: &Value,
    problems: &mut Vec<Problem>,
) -> Option<(&'static Schedule, T)> {
    let names = || SCHEDULES.iter().map(|schedule| schedule.name).collect::<Vec<_>>().join(", ");
    let refused = |path: String, message: String| {
        Problem::new(path, message).help(format!("choose one of: {}", names()))
    };
    let entries = table.as_object().filter(|entries| entries.len() == 1);
    let Some((name, keys)) = entries.and_then(|entries| entries.iter().next()) else {
        problems.push(refused("schedule".to_owned(), "there must be exactly one schedule".to_owned()));
        return None;
    };
    let path = format!("schedule.{name}");
    let Some(schedule) = find(name) else {
        problems.push(refused(path, format!("there is no schedule `{name}`")));
        return None;
    };
    match serde_json::from_value(keys.clone()) {
        Ok(keys) => Some((schedule, keys)),
        Err(error) => {
            problems.push(Problem::new(path, error.to_string()));
            None
        }
    }
}

/// The JSON Schema of such a table, with that of the keys of each schedule.
pub fn schema(description: &str, keys: impl Fn(&Schedule) -> Value) -> Value {
    let arm = |schedule: &Schedule| {
        let mut keys = keys(schedule);
        keys["description"] = json!(schedule.summary);
        json!({
            "type": "object",
            "description": schedule.summary,
            "properties": { schedule.name: keys },
            "required": [schedule.name],
            "additionalProperties": false,
        })
    };
    json!({ "description": description, "oneOf": SCHEDULES.iter().map(arm).collect::<Vec<Value>>() })
}

impl Schedule {
    /// The temperatures of `sweeps` sweeps: the first at `from`, the last at `to` exactly; a single sweep is at `to`.
    pub fn temperatures(&self, from: f64, to: f64, sweeps: usize) -> Vec<f64> {
        (0..sweeps)
            .map(|sweep| match sweep {
                _ if sweep + 1 == sweeps => to,
                0 => from,
                _ => (self.temperature)(from, to, sweep as f64 / (sweeps - 1) as f64),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_runs_steadily_from_one_end_to_the_other() {
        for schedule in SCHEDULES {
            for (from, to) in [(3.0, 0.1), (0.1, 3.0), (2.0, 2.0)] {
                let temperatures = schedule.temperatures(from, to, 101);
                assert_eq!((temperatures[0], temperatures[100]), (from, to), "{}", schedule.name);
                let steady = |pair: &[f64]| (pair[1] - pair[0]) * (to - from) >= 0.0 && pair[1] > 0.0;
                let near = |pair: &[f64]| (pair[1] - pair[0]).abs() < 1e-12;
                assert!(temperatures.windows(2).all(|pair| if from == to {
                    near(pair)
                } else {
                    steady(pair)
                }));
            }
            assert_eq!(schedule.temperatures(3.0, 0.5, 1), [0.5]);
            assert_eq!(schedule.temperatures(3.0, 0.5, 2), [3.0, 0.5]);
        }
    }

    #[test]
    fn the_middle_of_the_run_is_the_mean_that_the_name_says() {
        let middle = |name: &str| find(name).unwrap().temperatures(4.0, 1.0, 3)[1];
        assert!((middle("geometric") - 2.0).abs() < 1e-14);
        assert!((middle("linear") - 2.5).abs() < 1e-14);
        assert!((middle("linear_beta") - 1.6).abs() < 1e-14);
        assert_eq!(find("linear").unwrap().temperatures(1.0, 0.0, 2)[1], 0.0);
    }
}

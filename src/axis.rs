//! The axes of a sweep and the coordinates of its points.

use crate::number;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One value of a swept key: whatever scalar the key accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Coordinate {
    /// A whole number, such as a lattice size.
    Integer(i64),
    /// A real number, such as a temperature.
    Real(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A word, such as an algorithm's name.
    Word(String),
}

impl Coordinate {
    /// The value as a real number, when it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Flag(_) | Self::Word(_) => None,
        }
    }

    /// Whether two coordinates name the same place: numbers agree to a relative 1e-9, words exactly.
    pub fn matches(&self, other: &Self) -> bool {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
            _ => self == other,
        }
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            // Hundreds of digits tell no more than a power of ten.
            Self::Real(value) if *value != 0.0 && !(1e-6..1e16).contains(&value.abs()) => {
                write!(f, "{value:e}")
            }
            Self::Real(value) => write!(f, "{value}"),
            Self::Flag(value) => write!(f, "{value}"),
            Self::Word(value) => f.write_str(value),
        }
    }
}

/// A swept key, by its dotted path in the file, and the distinct values that it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Dotted path as the user wrote it, for example `model.ising.size`; also the column's name.
    pub path: String,
    /// The distinct values in the order in which they first occur.
    pub values: Vec<Coordinate>,
}

impl Axis {
    /// The last part of the path: `size` for `model.ising.size`.
    pub fn key(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// The symbol that the field uses for the key, in figure markup, if it has one.
    pub fn symbol(&self) -> Option<&'static str> {
        match self.key() {
            "states" if self.path.starts_with("model.") => Some("*q*"),
            "temperature" => Some("*T*"),
            "size" => Some("*L*"),
            "field" => Some("*h*"),
            "coupling" => Some("*J*"),
            "density" => Some("*ρ*"),
            "particles" => Some("*N*"),
            _ => None,
        }
    }

    /// A value with its key, in figure markup: "*L* = 64", "Wolff".
    pub fn named(&self, value: &Coordinate) -> String {
        match (self.symbol(), value) {
            (Some(symbol), value) => format!("{symbol} = {}", shown(value)),
            (None, Coordinate::Word(word)) => proper(word).replace('_', " "),
            (None, value) => format!("{} = {}", self.key().replace('_', " "), shown(value)),
        }
    }
}

/// Words of the files that are names or abbreviations, with the way people write them.
const PROPER: [(&str, &str); 9] = [
    ("metropolis", "Metropolis"),
    ("wolff", "Wolff"),
    ("swendsen_wang", "Swendsen–Wang"),
    ("heat_bath", "heat bath"),
    ("parallel_tempering", "parallel tempering"),
    ("population_annealing", "population annealing"),
    ("annealed_importance", "annealed importance sampling"),
    ("cd", "CD"),
    ("pcd", "PCD"),
];

/// A word of a file as people write it: "Wolff" for `wolff`; any other as it is.
pub fn proper(word: &str) -> String {
    let known = PROPER.iter().find(|(typed, _)| *typed == word);
    known.map_or(word, |(_, written)| written).to_owned()
}

/// A coordinate for people, rounded.
fn shown(value: &Coordinate) -> String {
    value.number().map_or_else(|| value.to_string(), number::plain)
}

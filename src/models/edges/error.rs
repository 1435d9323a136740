//! Why a text is not an edge list, with the line and the text at fault.

use super::MAX_SPINS;
use crate::input::Problem;

/// Why a text is not an edge list. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// A byte sequence that is not UTF-8.
    #[error("line {line} is not UTF-8 text: an edge list holds plain numbers")]
    NotText {
        /// Where.
        line: usize,
    },
    /// Neither a header nor an edge.
    #[error("the file holds no edges")]
    Empty,
    /// Too few or too many columns.
    #[error("line {line}: `{text}` has {columns} column(s), expected `i j weight` or `i j`")]
    Columns {
        /// Where.
        line: usize,
        /// The line.
        text: String,
        /// How many columns it has.
        columns: usize,
    },
    /// An index that is no whole number.
    #[error("line {line}: `{text}` is not the index of a spin, which is a whole number from 0 or 1")]
    Index {
        /// Where.
        line: usize,
        /// The column.
        text: String,
    },
    /// A weight that is no finite number.
    #[error("line {line}: `{text}` is not a finite number")]
    Weight {
        /// Where.
        line: usize,
        /// The column.
        text: String,
    },
    /// `i i` without a value.
    #[error("line {line}: `{text}` joins a spin to itself; a field is written `i i h` with its value h")]
    Loop {
        /// Where.
        line: usize,
        /// The line.
        text: String,
    },
    /// An index that the header or the index base rules out.
    #[error(
        "line {line}: index {index} lies outside {first} to {last}, the indices of {spins} spins counted from {first}"
    )]
    Range {
        /// Where.
        line: usize,
        /// The index as written.
        index: u64,
        /// The least index allowed.
        first: u64,
        /// The largest index allowed.
        last: u64,
        /// Number of spins.
        spins: u64,
    },
    /// An index below the given index base.
    #[error("line {line}: index {index} is below {base}, the index of the first spin")]
    BelowBase {
        /// Where.
        line: usize,
        /// The index as written.
        index: u64,
        /// The index base that was given.
        base: u32,
    },
    /// A header that counts other than there is.
    #[error(
        "line {line}: the header `{text}` announces {announced} edges, but {found} follow{}",
        if *.weighted { "" } else { " (if this line is itself an edge, write its weight)" }
    )]
    Count {
        /// Where the header is.
        line: usize,
        /// The header.
        text: String,
        /// Its second number.
        announced: u64,
        /// The number of lines that follow.
        found: usize,
        /// Whether the edges carry weights, which a header cannot.
        weighted: bool,
    },
    /// More spins than allowed.
    #[error("line {line}: {spins} spins are more than the {} that an edge list may have", MAX_SPINS)]
    TooMany {
        /// Where.
        line: usize,
        /// How many spins the line implies.
        spins: u64,
    },
    /// Neither index 0 nor index n occurs.
    #[error(
        "the {spins} spins may be counted from 0 or from 1, since neither index 0 nor index {spins} occurs: \
         set index_base = 0 or index_base = 1"
    )]
    AmbiguousBase {
        /// Number of spins in the header.
        spins: u64,
    },
}

impl EdgeError {
    /// The error as a problem with the key at `path` that names the file.
    pub fn problem(&self, path: impl Into<String>, file: &str) -> Problem {
        let problem = Problem::new(path, format!("{file}: {self}"));
        match self {
            Self::AmbiguousBase { .. } => {
                problem.help("add index_base = 0 or index_base = 1 to the model's table")
            }
            _ => problem,
        }
    }
}

//! What a checked experiment may ask of the world, and how it says that a key's value is wrong.

/// What a kind may ask of the world while it prepares an experiment.
pub struct Context<'a> {
    /// The experiment's root seed, for models that are drawn at random (a spin glass's bonds).
    pub seed: u64,
    /// Whether budgets shall be cut for a first look.
    pub quick: bool,
    /// The temperatures of all points that share everything else with this one, ascending; empty where no temperature is
    /// swept.
    pub ladder: &'a [f64],
    /// Reader of the files that the experiment names.
    pub inputs: &'a dyn Inputs,
}

/// Reads files named in an experiment, relative to the experiment's own file.
pub trait Inputs {
    /// The whole content of the file.
    ///
    /// # Errors
    ///
    /// A sentence that says why the file cannot be read, for example "no such file: graph.txt".
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// A text of the user's and where it stands, for error messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// A path, or a key such as `report.intro`.
    pub place: String,
    /// The folder that the files are in which the text names; empty for that of the experiment's file.
    pub folder: String,
    /// The text.
    pub text: String,
    /// Where the text is the value of a key in a file: that file, and the line in it of each of the text's lines.
    pub within: Option<(String, Vec<usize>)>,
}

/// Something wrong with the value of a key, found after the text was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The dotted path of the key, for example `model.ising.size`; of a table when a key is missing from it.
    pub path: String,
    /// What is wrong, lowercase, for example "a lattice of 31623 × 31623 sites needs 12 GiB, more than the 4 GiB allowed".
    pub message: String,
    /// The label under the underlined text, for example "must be at least 2"; may be empty.
    pub label: String,
    /// The way out, for example "choose a size up to 8000"; may be empty.
    pub help: String,
}

impl Problem {
    /// A problem at `path` with a message; add [`Problem::label`] and [`Problem::help`] by struct update.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), label: String::new(), help: String::new() }
    }

    /// The same problem with a way out.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// The same problem with a label under the underlined text.
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }
}

/// What stands in for the world in tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::Inputs;

    /// Files by name, each a text.
    pub(crate) struct Folder(pub(crate) &'static [(&'static str, &'static str)]);

    /// A folder without files.
    pub(crate) const NO_FILES: Folder = Folder(&[]);

    impl Inputs for Folder {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            let found = self.0.iter().find(|(name, _)| *name == path);
            found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| format!("no such file: {path}"))
        }
    }
}

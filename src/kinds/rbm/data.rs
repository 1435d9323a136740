//! `[data]`: what is learnt from, and how it becomes binary.

use crate::input::{Context, Problem};
use crate::learning::datasets::{self, Images};
use crate::number::plain;
use serde::Deserialize;

/// `[data]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct DataSpec {
    /// The name of an embedded or generated data set; or give `file`.
    #[serde(default)]
    #[schemars(schema_with = "source_schema")]
    source: Option<String>,
    /// A table of numbers, one pattern a line (comma-separated, also gzipped), beside the experiment's file. A first
    /// line that is no row of numbers is taken for a header. Or give `source`.
    #[serde(default)]
    file: Option<String>,
    /// Side length of the images of "bars_and_stripes".
    #[serde(default)]
    size: Option<usize>,
    /// Height in pixels of the images in `file`; together with `width`.
    #[serde(default)]
    height: Option<usize>,
    /// Width in pixels of the images in `file`; together with `height`.
    #[serde(default)]
    width: Option<usize>,
    /// `{ above = 0.5 }`: a value strictly greater is 1, any other 0. Without it values must lie from 0 to 1, and those in
    /// between are taken as probabilities that a unit is on.
    #[serde(default)]
    binarize: Option<Binarize>,
    /// Share of the patterns held out of training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub(super) validation: f64,
    /// Whether the held-out patterns are drawn at random, by the seed (the same ones for every replica and point), or
    /// are the last ones of the data.
    #[serde(default = "yes")]
    pub(super) shuffle: bool,
}

/// `binarize`.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct Binarize {
    /// Values strictly greater than this are on.
    above: f64,
}

fn source_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let names: Vec<&str> = datasets::DATASETS.iter().map(|dataset| dataset.name).collect();
    schemars::json_schema!({
        "type": "string",
        "enum": names,
        "description": "The name of an embedded or generated data set; or give `file`.",
    })
}

fn yes() -> bool {
    true
}

/// The data, with every value between 0 and 1.
pub(super) struct Loaded {
    pub(super) images: Images,
    pub(super) source: String,
    pub(super) attribution: &'static str,
    /// Whether the patterns are the whole truth, each once, rather than a sample.
    pub(super) complete: bool,
}

impl DataSpec {
    /// Reads the data and makes units of its values.
    pub(super) fn load(&self, context: &Context<'_>) -> Result<Loaded, Problem> {
        let loaded = match (&self.source, &self.file) {
            (Some(source), None) => self.load_source(source)?,
            (None, Some(file)) => self.load_file(file, context)?,
            (Some(_), Some(_)) => {
                return Err(Problem::new("data.file", "`source` and `file` exclude each other"));
            }
            (None, None) => {
                return Err(Problem::new("data", "no data are given")
                    .help("name a `source`, for example \"digits\", or a `file`"));
            }
        };
        self.to_units(loaded)
    }

    fn load_source(&self, source: &str) -> Result<Loaded, Problem> {
        let Some(dataset) = datasets::find(source) else {
            return Err(Problem::new("data.source", format!("no data set is called `{source}`")));
        };
        for (given, key) in [(self.height, "height"), (self.width, "width")] {
            if given.is_some() {
                return Err(Problem::new(format!("data.{key}"), format!("`{key}` belongs to a `file`")));
            }
        }
        let size = match (dataset.sizes, self.size) {
            (None, None) => 0,
            (None, Some(_)) => {
                return Err(Problem::new("data.size", format!("`{source}` has one size only")));
            }
            (Some((least, most)), Some(size)) if (least..=most).contains(&size) => size,
            (Some((least, most)), Some(_)) => {
                let message = format!("`{source}` comes in sizes from {least} to {most}");
                return Err(Problem::new("data.size", message));
            }
            (Some(_), None) => {
                return Err(
                    Problem::new("data", format!("`{source}` needs a `size`")).help("for example size = 3")
                );
            }
        };
        let source = if size > 0 {
            format!("{size} × {size} {}", source.replace('_', " "))
        } else {
            source.to_owned()
        };
        let complete = dataset.name == "bars_and_stripes";
        Ok(Loaded { images: (dataset.load)(size), source, attribution: dataset.attribution, complete })
    }

    fn load_file(&self, file: &str, context: &Context<'_>) -> Result<Loaded, Problem> {
        if self.size.is_some() {
            return Err(Problem::new("data.size", "`size` belongs to a generated `source`")
                .help("give the shape of a file's images as `height` and `width`"));
        }
        let shape = match (self.height, self.width) {
            (Some(height), Some(width)) => Some((height, width)),
            (None, None) => None,
            (Some(_), None) => return Err(Problem::new("data.height", "`height` needs a `width` beside it")),
            (None, Some(_)) => return Err(Problem::new("data.width", "`width` needs a `height` beside it")),
        };
        let bytes = context.inputs.read(file).map_err(|message| Problem::new("data.file", message))?;
        let images = datasets::table::parse(&bytes, shape)
            .map_err(|message| Problem::new("data.file", format!("{file}: {message}")))?;
        Ok(Loaded { images, source: file.to_owned(), attribution: "", complete: false })
    }

    fn to_units(&self, mut loaded: Loaded) -> Result<Loaded, Problem> {
        let values = &mut loaded.images.values;
        if let Some(Binarize { above }) = self.binarize {
            values.iter_mut().for_each(|value| *value = f64::from(*value > above));
        } else if let Some(index) = values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            let size = loaded.images.size();
            let message = format!(
                "pattern {} holds {} at place {}; values must lie from 0 to 1",
                index / size + 1,
                plain(loaded.images.values[index]),
                index % size + 1
            );
            return Err(Problem::new("data", message).help("add for example binarize = { above = 0.5 }"));
        }
        Ok(loaded)
    }
}

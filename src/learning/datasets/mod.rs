//! Data to learn from: embedded and generated sets, one line each in [`DATASETS`], and tables of numbers in files.

mod bars_and_stripes;
mod digits;
pub mod table;

/// Images (or plain vectors) of one size, as they are before any binarisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// Height of an image in pixels.
    pub height: usize,
    /// Width of an image in pixels.
    pub width: usize,
    /// Row-major values, one image after another.
    pub values: Vec<f64>,
}

impl Images {
    /// Number of pixels of one image.
    pub fn size(&self) -> usize {
        self.height * self.width
    }

    /// Number of images.
    pub fn count(&self) -> usize {
        self.values.len() / self.size()
    }
}

/// A line of the registry of data sets.
pub struct Dataset {
    /// The word after `source =`.
    pub name: &'static str,
    /// One line for `gibbs list`.
    pub summary: &'static str,
    /// Documentation for `gibbs explain`, in Markdown.
    pub doc: &'static str,
    /// Whom to credit, in a sentence; empty for generated sets.
    pub attribution: &'static str,
    /// Whether the set takes a `size`, and its bounds.
    pub sizes: Option<(usize, usize)>,
    /// Makes the images; the argument is the size, 0 for a set that has none.
    pub load: fn(usize) -> Images,
}

/// Every data set.
pub static DATASETS: &[Dataset] = &[bars_and_stripes::DATASET, digits::DATASET];

/// Looks a data set up by its name.
pub fn find(name: &str) -> Option<&'static Dataset> {
    DATASETS.iter().find(|dataset| dataset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_loads_with_whole_images_of_values_from_0_to_1() {
        for dataset in DATASETS {
            let images = (dataset.load)(dataset.sizes.map_or(0, |(least, _)| least));
            assert!(images.count() > 1, "{}", dataset.name);
            assert_eq!(images.values.len(), images.count() * images.size());
            assert!(images.values.iter().all(|value| (0.0..=1.0).contains(value)));
            assert!(std::ptr::eq(find(dataset.name).unwrap(), dataset));
            assert!(!dataset.summary.is_empty() && !dataset.doc.is_empty());
        }
    }
}

//! The UCI handwritten digits, 8 × 8 pixels, embedded in the program.

use super::{Dataset, Images};
use std::io::Read;

/// The registry line of this set.
pub(super) const DATASET: Dataset = Dataset {
    name: "digits",
    summary: "1797 handwritten digits of 8 × 8 pixels (UCI optical digits)",
    doc: "\
1797 handwritten digits by 13 people, 8 × 8 pixels with the values 0 to 16, divided by 16. With
`binarize = { above = 0.5 }` 29.29 % of the pixels are on.

Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository,
[doi:10.24432/C50P49](https://doi.org/10.24432/C50P49), CC BY 4.0.",
    attribution: "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak (1998), UCI Machine Learning \
                  Repository, doi:10.24432/C50P49, CC BY 4.0",
    sizes: None,
    load,
};

/// Gzipped CSV: 64 pixels and the label on each line.
static TABLE: &[u8] = include_bytes!("digits.csv.gz");

fn load(_: usize) -> Images {
    let mut text = String::new();
    flate2::read::GzDecoder::new(TABLE)
        .read_to_string(&mut text)
        .expect("invariant: the embedded table is sound, as a test shows");
    let mut values = Vec::with_capacity(1797 * 64);
    for line in text.lines() {
        let pixels = line.split(',').take(64);
        values.extend(pixels.map(|pixel| pixel.parse::<f64>().unwrap_or(f64::NAN) / 16.0));
    }
    Images { height: 8, width: 8, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_whole() {
        let images = load(0);
        assert_eq!(images.count(), 1797);
        assert!(
            images.values.iter().all(|value| (0.0..=1.0).contains(value) && (16.0 * value).fract() == 0.0)
        );
        let on = images.values.iter().filter(|value| **value > 0.5).count();
        let share = on as f64 / images.values.len() as f64;
        assert!((share - 0.2929).abs() < 5e-5, "{share}");
    }
}

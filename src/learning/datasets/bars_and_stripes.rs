//! Bars and stripes: n × n images whose rows, or whose columns, are each wholly on or wholly off.

use super::{Dataset, Images};

/// The registry line of this set.
pub(super) const DATASET: Dataset = Dataset {
    name: "bars_and_stripes",
    summary: "n × n images of full rows or full columns, each of the 2·2^n − 2 distinct patterns once",
    doc: "\
Every `size` × `size` image whose rows are each wholly on or off (stripes), or whose columns are (bars): $2 \\cdot 2^n - 2$
distinct patterns, since the empty and the full image are both, and are counted once. Order: stripes for the codes
$0, 1, \\ldots, 2^n - 1$ (bit $r$ switches row $r$), then bars for the codes $1, \\ldots, 2^n - 2$ (bit $c$ switches column $c$).

A machine that gives each pattern its share reaches the best mean log-likelihood, $-\\ln(2 \\cdot 2^n - 2)$.

The set is due to MacKay (*Information Theory, Inference, and Learning Algorithms*, 2003, section 43.3).",
    attribution: "",
    sizes: Some((2, 10)),
    load,
};

fn load(size: usize) -> Images {
    let mut values = Vec::new();
    for code in 0..1usize << size {
        values.extend((0..size * size).map(|pixel| (code >> (pixel / size) & 1) as f64));
    }
    for code in 1..(1usize << size) - 1 {
        values.extend((0..size * size).map(|pixel| (code >> (pixel % size) & 1) as f64));
    }
    Images { height: size, width: size, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_distinct_pattern_occurs_once() {
        for (size, count) in [(2, 6), (3, 14), (4, 30)] {
            let images = load(size);
            let distinct: BTreeSet<Vec<u8>> = images
                .values
                .chunks(size * size)
                .map(|image| image.iter().map(|value| *value as u8).collect())
                .collect();
            assert_eq!((images.count(), distinct.len()), (count, count));
            for image in &distinct {
                let row = |r: usize| &image[r * size..(r + 1) * size];
                let stripes = (0..size).all(|r| row(r).iter().all(|value| *value == row(r)[0]));
                let bars = (1..size).all(|r| row(r) == row(0));
                assert!(stripes || bars);
            }
        }
    }
}

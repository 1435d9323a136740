//! One task's record as a `safetensors` file: arrays as `f64` tensors, the rest in one metadata entry.
//!
//! Python reads the arrays with `safetensors.numpy.load_file`. The metadata entry `gibbs` is a JSON object with the
//! format's version, the task's name, the scalars, and the BLAKE3 hash of everything else, so that a damaged file is
//! found out.

use crate::record::{Array, Record};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// The version of this format; a file of a later one is refused, not misread.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Metadata {
    format: u32,
    task: String,
    scalars: BTreeMap<String, f64>,
    blake3: String,
}

/// The record as bytes: equal records give equal bytes.
pub(super) fn encode(record: &Record, id: &str) -> Result<Vec<u8>, String> {
    let payloads: Vec<(&str, &Array, Vec<u8>)> = record
        .arrays
        .iter()
        .map(|(name, array)| {
            (name.as_str(), array, array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let metadata = Metadata {
        format: FORMAT,
        task: id.to_owned(),
        scalars: record.scalars.clone(),
        blake3: checksum(record, id),
    };
    let text = serde_json::to_string(&metadata).map_err(|error| error.to_string())?;
    let tensors = payloads
        .iter()
        .map(|(name, array, bytes)| {
            TensorView::new(Dtype::F64, array.shape.clone(), bytes)
                .map(|view| (*name, view))
                .map_err(|error| error.to_string())
        })
        .collect::<Result<Vec<_>, _>>()?;
    // One entry only: the crate stores metadata in a hash map, whose order would not be reproducible.
    let entry = HashMap::from([("gibbs".to_owned(), text)]);
    serialize(tensors, Some(entry)).map_err(|error| error.to_string())
}

/// The record in `bytes`, if it is whole and belongs to the task called `id`.
pub(super) fn decode(bytes: &[u8], id: &str) -> Result<Record, String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let entries = header.metadata().as_ref();
    let text = entries.and_then(|entries| entries.get("gibbs")).ok_or("it is not a gibbs record")?;
    let metadata: Metadata = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if metadata.format != FORMAT {
        return Err(format!("its format is {}, this gibbs reads {FORMAT}", metadata.format));
    }
    if metadata.task != id {
        return Err(format!("it belongs to another task ({})", metadata.task));
    }
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let mut record = Record { scalars: metadata.scalars, ..Record::default() };
    for (name, view) in file.tensors() {
        if view.dtype() != Dtype::F64 {
            return Err(format!("tensor `{name}` is not of 64-bit floats"));
        }
        let values = view
            .data()
            .chunks_exact(8)
            .map(|chunk| f64::from_le_bytes(chunk.try_into().expect("invariant: chunks of eight bytes")))
            .collect();
        record.arrays.insert(name, Array { shape: view.shape().to_vec(), values });
    }
    if checksum(&record, id) != metadata.blake3 {
        return Err("its checksum does not match its content".to_owned());
    }
    Ok(record)
}

/// The BLAKE3 hash of a record's content and its task's name.
fn checksum(record: &Record, id: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    text(id);
    for (name, value) in &record.scalars {
        text(name);
        text(&value.to_bits().to_string());
    }
    for (name, array) in &record.arrays {
        text(name);
        for length in &array.shape {
            text(&length.to_string());
        }
    }
    for array in record.arrays.values() {
        let bytes: Vec<u8> = array.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(&bytes);
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        let mut record = Record::default();
        record.put_series("energy", vec![-1.0, 0.1 + 0.2, f64::MIN_POSITIVE]);
        record.put_array("weights", vec![2, 2], vec![1.0, 2.0, 3.0, -0.0]);
        record.scalars.insert("acceptance".to_owned(), 0.1 + 0.7);
        record
    }

    #[test]
    fn a_record_comes_back_bit_for_bit_from_the_same_bytes() {
        let bytes = encode(&sample(), "abc").unwrap();
        assert_eq!(bytes, encode(&sample(), "abc").unwrap());
        assert_eq!(decode(&bytes, "abc").unwrap(), sample());
    }

    #[test]
    fn records_of_the_first_format_are_still_read() {
        let bytes = include_bytes!("../../tests/data/record-1.safetensors");
        assert_eq!(decode(bytes, "abc").unwrap(), sample());
    }

    #[test]
    fn every_flipped_bit_is_found_out() {
        let bytes = encode(&sample(), "abc").unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            // A flip inside padding of the header may leave the content as it was; the content itself never changes.
            if let Ok(record) = decode(&damaged, "abc") {
                assert_eq!(record, sample(), "a flip at byte {at} went unnoticed");
            }
        }
        assert!(decode(&bytes[..bytes.len() - 1], "abc").is_err());
        assert!(decode(&bytes, "abd").unwrap_err().contains("another task"));
        assert!(decode(b"", "abc").is_err());
    }
}

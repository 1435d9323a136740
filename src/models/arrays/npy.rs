//! One array as numpy writes it, the members of an npz file.
//!
//! Source: the NPY format, version 1 to 3, <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use super::{Array, doubles, singles};

/// The first bytes of a npy file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array of little-endian f32 or f64, in C or Fortran order.
///
/// # Errors
///
/// What is wrong, to be read after the array's name: "holds `<i8`; …".
pub(super) fn read(bytes: &[u8]) -> Result<Array, String> {
    let (header, data) = split(bytes).ok_or("is not in numpy's format, or cut short")?;
    let header = std::str::from_utf8(header).map_err(|_| "has a header that is not text")?;
    let odd = || format!("has a header that cannot be read: {}", header.trim());
    let kind = value(header, "descr").ok_or_else(odd)?;
    let kind = kind.strip_prefix(['\'', '"']).and_then(|kind| kind.split(['\'', '"']).next());
    let size = match kind {
        Some("<f8") => 8,
        Some("<f4") => 4,
        other => {
            let found = other.map_or("several fields".to_owned(), |kind| format!("`{kind}`"));
            return Err(format!(
                "holds {found}; expected little-endian floats, `<f4` or `<f8`: convert it with .astype(\"<f8\")"
            ));
        }
    };
    let fortran = match value(header, "fortran_order").ok_or_else(odd)? {
        order if order.starts_with("True") => true,
        order if order.starts_with("False") => false,
        _ => return Err(odd()),
    };
    let shape = value(header, "shape").and_then(shape).ok_or_else(odd)?;
    let needed = shape.iter().try_fold(size, |bytes: usize, side| bytes.checked_mul(*side));
    if needed != Some(data.len()) {
        return Err(format!("has shape {shape:?} of {size}-byte numbers, but {} bytes of them", data.len()));
    }
    let values = if size == 8 { doubles(data) } else { singles(data) };
    Ok(match shape.as_slice() {
        &[rows, columns] if fortran => {
            let at = |index: usize| values[index % columns * rows + index / columns];
            Array { values: (0..rows * columns).map(at).collect(), shape }
        }
        _ if fortran && shape.len() > 2 => {
            return Err(format!("has shape {shape:?} in Fortran order; expected C order"));
        }
        _ => Array { shape, values },
    })
}

/// The header's text and the data that follow it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (version, rest) = rest.split_at_checked(2)?;
    let (length, rest) = match version[0] {
        1 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// What follows a key of the header, which is a Python dictionary.
fn value<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let after = header.split_once(&format!("'{key}'"))?.1;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

/// A tuple of sides.
fn shape(text: &str) -> Option<Vec<usize>> {
    let (sides, _) = text.strip_prefix('(')?.split_once(')')?;
    sides.split(',').map(str::trim).filter(|side| !side.is_empty()).map(|side| side.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16).to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), data].concat()
    }

    #[test]
    fn headers_are_read_and_refused() {
        let header = |kind: &str, order: &str, shape: &str| {
            format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n")
        };
        let data: Vec<u8> = (0..6).flat_map(|k| f64::from(k).to_le_bytes()).collect();
        let read = |header: String| read(&file(&header, &data));
        assert_eq!(read(header("<f8", "False", "(2, 3)")).unwrap().values, [0., 1., 2., 3., 4., 5.]);
        let turned = read(header("<f8", "True", "(2, 3)")).unwrap();
        assert_eq!((turned.shape, turned.values), (vec![2, 3], vec![0., 2., 4., 1., 3., 5.]));
        assert_eq!(read(header("<f8", "True", "(6,)")).unwrap().shape, [6]);
        for (header, message) in [
            (header(">f8", "False", "(6,)"), "holds `>f8`; expected little-endian"),
            (header("<i8", "False", "(6,)"), "holds `<i8`"),
            (header("<f8", "False", "(7,)"), "has shape [7] of 8-byte numbers, but 48 bytes"),
            (header("<f8", "False", "(4294967296, 4294967296)"), "has shape"),
            (header("<f8", "False", "6"), "header that cannot be read"),
            (header("<f8", "Maybe", "(6,)"), "header that cannot be read"),
            (
                "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,)}".to_owned(),
                "holds several fields",
            ),
        ] {
            let error = read(header.clone()).unwrap_err();
            assert!(error.contains(message), "{header}: {error}");
        }
        assert!(super::read(b"\x93NUMPY\x01\x00\xff").unwrap_err().contains("cut short"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(header in "[ -~]{0,80}", data in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&file(&header, &data));
            let _ = read(&[MAGIC, &data].concat());
        }
    }
}

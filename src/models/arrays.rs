//! Arrays by name in a file: safetensors, or numpy's npz.

mod npy;

use safetensors::tensor::{Dtype, SafeTensors};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most bytes that one array of an npz file may unfold to.
const MOST_BYTES: u64 = 1 << 31;

/// An array of numbers, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Array {
    /// Its sides.
    pub(super) shape: Vec<usize>,
    /// Its numbers, all finite, the last index counting fastest.
    pub(super) values: Vec<f64>,
}

/// A file of arrays.
pub(super) enum Arrays<'a> {
    Safetensors(SafeTensors<'a>),
    Npz(ZipArchive<Cursor<&'a [u8]>>),
}

impl<'a> Arrays<'a> {
    /// Opens the bytes of a file, recognised by its first ones.
    ///
    /// # Errors
    ///
    /// A sentence that says what the file is not.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        if bytes.starts_with(npy::MAGIC) {
            return Err("this is a npy file, which holds one array without a name; save all arrays in one \
                        npz file, as numpy.savez(\"machine.npz\", weights=…, …) does"
                .to_owned());
        }
        if bytes.starts_with(b"PK") {
            let archive = ZipArchive::new(Cursor::new(bytes));
            return archive.map(Self::Npz).map_err(|error| format!("this is not a whole npz file: {error}"));
        }
        let tensors = SafeTensors::deserialize(bytes);
        tensors.map(Self::Safetensors).map_err(|error| format!("this is not a safetensors file: {error}"))
    }

    /// What the format calls one of its arrays.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Safetensors(_) => "tensor",
            Self::Npz(_) => "array",
        }
    }

    /// The names of all arrays, in alphabetical order.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Safetensors(tensors) => tensors.names().into_iter().map(str::to_owned).collect(),
            Self::Npz(archive) => {
                let name = |file: &str| file.strip_suffix(".npy").unwrap_or(file).to_owned();
                archive.file_names().filter_map(|file| file.ok().map(|file| name(&file))).collect()
            }
        };
        names.sort_unstable();
        names
    }

    /// The array `name` of f32 or f64; `all` lists for an error what the file should hold: "`weights` and `bias`".
    ///
    /// # Errors
    ///
    /// A sentence that names the array, what was found and what was expected.
    pub(super) fn get(&self, name: &str, all: &str) -> Result<Array, String> {
        let noun = self.noun();
        let names = self.names();
        if !names.iter().any(|found| found == name) {
            let found = match names.is_empty() {
                true => format!("no {noun}"),
                false => format!("`{}`", names.join("`, `")),
            };
            return Err(format!("{noun} `{name}` is missing; expected {all}, found {found}"));
        }
        let array = match self {
            Self::Safetensors(tensors) => tensor(tensors, name),
            Self::Npz(archive) => member(archive, name),
        };
        let array = array.map_err(|error| format!("{noun} `{name}` {error}"))?;
        match array.values.iter().position(|value| !value.is_finite()) {
            None => Ok(array),
            Some(index) => Err(format!(
                "{noun} `{name}` holds {} at index {index}; expected finite numbers",
                array.values[index]
            )),
        }
    }
}

fn tensor(tensors: &SafeTensors<'_>, name: &str) -> Result<Array, String> {
    let view = tensors.tensor(name).map_err(|error| format!("cannot be read: {error}"))?;
    let values = match view.dtype() {
        Dtype::F64 => doubles(view.data()),
        Dtype::F32 => singles(view.data()),
        other => return Err(format!("holds {other:?}; expected F32 or F64")),
    };
    Ok(Array { shape: view.shape().to_vec(), values })
}

fn member(archive: &ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Array, String> {
    let broken = |error: &dyn std::fmt::Display| format!("cannot be read: {error}");
    // The list of members is shared by the clones.
    let mut archive = archive.clone();
    let index = archive.index_for_name(&format!("{name}.npy")).or_else(|| archive.index_for_name(name));
    let index = index.ok_or_else(|| "cannot be found in its file".to_owned())?;
    let member = archive.by_index(index).map_err(|error| broken(&error))?;
    let mut bytes = Vec::new();
    member.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("is larger than {} GiB", MOST_BYTES >> 30));
    }
    npy::read(&bytes)
}

/// Little-endian numbers of double precision.
fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
}

/// Little-endian numbers of single precision.
fn singles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()
}

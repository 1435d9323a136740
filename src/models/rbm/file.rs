//! Weights as files: safetensors, readable from Python and every other language that trains machines, and numpy's npz.

use super::activation::Units;
use super::machine::Machine;
use crate::models::arrays::Arrays;
use safetensors::tensor::{Dtype, TensorView};

/// What a file holds.
const ALL: &str = "`weights`, `visible_bias` and `hidden_bias`";

/// Reads a machine from the bytes of a safetensors or npz file: arrays `weights` [n_visible, n_hidden], `visible_bias`
/// [n_visible] and `hidden_bias` [n_hidden], each f32 or f64.
///
/// # Errors
///
/// A sentence that names the array, what was found and what was expected.
pub fn read(bytes: &[u8], units: Units) -> Result<Machine, String> {
    let arrays = Arrays::open(bytes)?;
    let noun = arrays.noun();
    let weights = arrays.get("weights", ALL)?;
    let shape = weights.shape;
    let &[visible, hidden] = shape.as_slice() else {
        return Err(format!(
            "{noun} `weights` has shape {shape:?}; expected two dimensions [n_visible, n_hidden]"
        ));
    };
    if visible == 0 || hidden == 0 {
        return Err(format!(
            "{noun} `weights` has shape {shape:?}; expected at least one unit in each layer"
        ));
    }
    let (visible_bias, hidden_bias) = (arrays.get("visible_bias", ALL)?, arrays.get("hidden_bias", ALL)?);
    if visible != hidden && visible_bias.shape == [hidden] && hidden_bias.shape == [visible] {
        return Err(format!(
            "{noun} `weights` has shape {shape:?}, but there are {hidden} visible and {visible} hidden biases; expected \
             [n_visible, n_hidden] = [{hidden}, {visible}], the transpose"
        ));
    }
    for (name, bias, count, layer) in
        [("visible_bias", &visible_bias, visible, "visible"), ("hidden_bias", &hidden_bias, hidden, "hidden")]
    {
        if bias.shape != [count] {
            return Err(format!(
                "{noun} `{name}` has shape {:?}; expected [{count}], since `weights` is \
                 [{visible}, {hidden}] and has {count} {layer} units",
                bias.shape
            ));
        }
    }
    let (visible_bias, hidden_bias) = (visible_bias.values, hidden_bias.values);
    Ok(Machine { weights: weights.values, visible_bias, hidden_bias, units })
}

/// The bytes of a safetensors file that [`read`] takes back: f64, without metadata, the same bytes for the same machine.
pub fn write(machine: &Machine) -> Vec<u8> {
    let bytes = |values: &[f64]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let (weights, visible, hidden) =
        (bytes(&machine.weights), bytes(&machine.visible_bias), bytes(&machine.hidden_bias));
    let view = |shape: Vec<usize>, data| {
        TensorView::new(Dtype::F64, shape, data).expect("invariant: a machine's arrays fit its shape")
    };
    let tensors = [
        ("weights", view(vec![machine.visible(), machine.hidden()], &weights)),
        ("visible_bias", view(vec![machine.visible()], &visible)),
        ("hidden_bias", view(vec![machine.hidden()], &hidden)),
    ];
    safetensors::serialize(tensors, None).expect("invariant: three tensors have a short header")
}

#[cfg(test)]
mod tests {
    use super::super::machine::tests::random_machine;
    use super::*;

    fn file(tensors: &[(&str, Dtype, Vec<usize>)]) -> Vec<u8> {
        let data = vec![0; 8 * 64];
        let views: Vec<_> = tensors
            .iter()
            .map(|(name, dtype, shape)| {
                let size = shape.iter().product::<usize>() * dtype.bitsize() / 8;
                (*name, TensorView::new(*dtype, shape.clone(), &data[..size]).unwrap())
            })
            .collect();
        safetensors::serialize(views, None).unwrap()
    }

    #[test]
    fn a_machine_survives_the_file_bit_for_bit() {
        let machine = random_machine(5, 3, Units::Spin, 1.0, 3);
        let bytes = write(&machine);
        assert_eq!(read(&bytes, Units::Spin).unwrap(), machine);
        assert_eq!(bytes, write(&machine), "the same machine gives the same bytes");
        assert!(bytes[8..].starts_with(b"{\"hidden_bias\""), "no metadata in front");
    }

    #[test]
    fn single_precision_is_read() {
        let bytes = file(&[
            ("weights", Dtype::F32, vec![2, 3]),
            ("visible_bias", Dtype::F64, vec![2]),
            ("hidden_bias", Dtype::F32, vec![3]),
        ]);
        assert_eq!(read(&bytes, Units::Binary).unwrap().weights, vec![0.0; 6]);
    }

    #[test]
    fn bad_files_are_refused_by_name_and_shape() {
        let good = ("weights", Dtype::F64, vec![2, 3]);
        let visible = ("visible_bias", Dtype::F64, vec![2]);
        let cases = [
            (vec![good.clone(), visible.clone()], "tensor `hidden_bias` is missing"),
            (
                vec![good.clone(), visible.clone(), ("hidden_bias", Dtype::F64, vec![2])],
                "has shape [2]; expected [3]",
            ),
            (
                vec![
                    good.clone(),
                    ("visible_bias", Dtype::F64, vec![3]),
                    ("hidden_bias", Dtype::F32, vec![2]),
                ],
                "= [3, 2], the transpose",
            ),
            (vec![("weights", Dtype::F64, vec![6])], "tensor `weights` has shape [6]"),
            (vec![("weights", Dtype::I64, vec![2, 3])], "tensor `weights` holds I64; expected F32 or F64"),
            (vec![("W", Dtype::F64, vec![2, 3])], "found `W`"),
        ];
        for (tensors, message) in cases {
            let error = read(&file(&tensors), Units::Binary).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(read(b"weights", Units::Binary).unwrap_err().contains("not a safetensors file"));
    }

    /// The files that `tests/data/npz/make.py` wrote with numpy.
    #[test]
    fn the_files_of_numpy_are_read_or_refused_by_name() {
        let machine = Machine {
            weights: (0..12).map(|k| (f64::from(k / 3) - 2.0 * f64::from(k % 3)) / 8.0).collect(),
            visible_bias: vec![-0.5, -0.25, 0.0, 0.25],
            hidden_bias: vec![-0.25, 0.25, 0.75],
            units: Units::Binary,
        };
        for good in [
            include_bytes!("../../../tests/data/npz/machine.npz").as_slice(),
            include_bytes!("../../../tests/data/npz/fortran-singles.npz"),
        ] {
            assert_eq!(read(good, Units::Binary).unwrap(), machine);
            for end in [4, good.len() / 2, good.len() - 1] {
                assert!(read(&good[..end], Units::Binary).unwrap_err().contains("not a whole npz file"));
            }
        }
        for (bad, message) in [
            (
                include_bytes!("../../../tests/data/npz/transposed.npz").as_slice(),
                "array `weights` has shape [3, 4], but there are 4 visible and 3 hidden biases; expected \
                 [n_visible, n_hidden] = [4, 3], the transpose",
            ),
            (
                include_bytes!("../../../tests/data/npz/misnamed.npz"),
                "array `weights` is missing; expected `weights`, `visible_bias` and `hidden_bias`, found `W`, \
                 `hidden_bias`, `visible_bias`",
            ),
            (
                include_bytes!("../../../tests/data/npz/big-endian.npz"),
                "array `weights` holds `>f8`; expected little-endian",
            ),
            (include_bytes!("../../../tests/data/npz/whole.npz"), "array `weights` holds `<i8`; expected"),
            (
                include_bytes!("../../../tests/data/npz/weights.npy"),
                "a npy file, which holds one array without a name",
            ),
        ] {
            let error = read(bad, Units::Binary).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        // A changed byte of the data fails its checksum.
        let mut spoilt = include_bytes!("../../../tests/data/npz/machine.npz").to_vec();
        let at = spoilt.windows(8).position(|window| window == (-0.5_f64).to_le_bytes()).unwrap();
        spoilt[at] ^= 1;
        assert!(read(&spoilt, Units::Binary).unwrap_err().contains("cannot be read"));
    }
}

//! Weights as files: the safetensors format, readable from Python and every other language that trains machines.

use super::activation::Units;
use super::machine::Machine;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// Reads a machine from the bytes of a safetensors file: tensors `weights` [n_visible, n_hidden], `visible_bias`
/// [n_visible] and `hidden_bias` [n_hidden], each f32 or f64.
///
/// # Errors
///
/// A sentence that names the tensor, what was found and what was expected.
pub fn read(bytes: &[u8], units: Units) -> Result<Machine, String> {
    let tensors = SafeTensors::deserialize(bytes)
        .map_err(|error| format!("this is not a safetensors file: {error}"))?;
    let (shape, weights) = tensor(&tensors, "weights")?;
    let &[visible, hidden] = shape.as_slice() else {
        return Err(format!(
            "tensor `weights` has shape {shape:?}; expected two dimensions [n_visible, n_hidden]"
        ));
    };
    if visible == 0 || hidden == 0 {
        return Err(format!(
            "tensor `weights` has shape {shape:?}; expected at least one unit in each layer"
        ));
    }
    let bias = |name: &str, count: usize, layer: &str| -> Result<Vec<f64>, String> {
        let (shape, values) = tensor(&tensors, name)?;
        if shape == [count] {
            Ok(values)
        } else {
            Err(format!(
                "tensor `{name}` has shape {shape:?}; expected [{count}], since `weights` is \
                 [{visible}, {hidden}] and has {count} {layer} units"
            ))
        }
    };
    let visible_bias = bias("visible_bias", visible, "visible")?;
    let hidden_bias = bias("hidden_bias", hidden, "hidden")?;
    Ok(Machine { weights, visible_bias, hidden_bias, units })
}

/// The shape and the values of one tensor, as f64.
fn tensor(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f64>), String> {
    let view = tensors.tensor(name).map_err(|_| {
        let mut names = tensors.names();
        names.sort_unstable();
        format!(
            "tensor `{name}` is missing; expected `weights`, `visible_bias` and `hidden_bias`, found {}",
            if names.is_empty() { "no tensor".to_owned() } else { format!("`{}`", names.join("`, `")) }
        )
    })?;
    let values: Vec<f64> = match view.dtype() {
        Dtype::F64 => view.data().as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        Dtype::F32 => {
            view.data().as_chunks::<4>().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()
        }
        other => return Err(format!("tensor `{name}` holds {other:?}; expected F32 or F64")),
    };
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(format!(
            "tensor `{name}` holds {} at index {index}; expected finite numbers",
            values[index]
        ));
    }
    Ok((view.shape().to_vec(), values))
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
}

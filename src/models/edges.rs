//! Edge lists: the plain text in which couplings, fields and graphs are exchanged.
//!
//! One item a line, separated by spaces or tabs: `i j J` is a coupling (1 when J is left out) and `i i h` a field.
//! The first line may be a header `n m` with the numbers of spins and of lines that follow. Blank lines and comments
//! (`#`, `%`, `//`, or a line that starts with the word `c`) are skipped. Spins are counted from 0 or from 1.

mod error;

pub use error::EdgeError;

/// The most spins that a file may name, so that a mistyped index cannot claim all memory.
pub const MAX_SPINS: usize = 1 << 26;

/// What an edge list says, with its spins counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeFile {
    /// Number of spins n: the header's, or else as many as the largest index needs.
    pub spins: usize,
    /// Couplings (i, j, J_ij) with i ≠ j, in the file's order; a pair may occur more than once, and then adds up.
    pub bonds: Vec<(u32, u32, f64)>,
    /// Fields (i, h_i), in the file's order.
    pub fields: Vec<(u32, f64)>,
    /// The index that the file gives to its first spin.
    pub index_base: u32,
}

/// A line that is neither blank nor a comment.
struct Line<'a> {
    number: usize,
    text: &'a str,
    columns: Vec<&'a str>,
}

/// A line read as an edge, its indices as written.
struct Edge {
    line: usize,
    ends: [u64; 2],
    weight: f64,
}

/// Reads an edge list.
///
/// A first line of two whole numbers `n m` is a header, unless it cannot be one; then it is an edge. That is so when
/// n = 0, or when all lines have two columns, some index exceeds n, and n = 1 or m is not the number of lines that
/// follow. m must be the number of lines that follow (or of the couplings among them).
///
/// `index_base` says how spins are counted. When it is `None`, index 0 means from 0; index n of the header means
/// from 1; without a header, spins are counted from 1 unless index 0 occurs.
///
/// # Errors
///
/// [`EdgeError`], with the number of the line and the text at fault.
pub fn parse(bytes: &[u8], index_base: Option<u32>) -> Result<EdgeFile, EdgeError> {
    let text = std::str::from_utf8(bytes).map_err(|error| EdgeError::NotText {
        line: 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count(),
    })?;
    let lines = lines(text.strip_prefix('\u{feff}').unwrap_or(text));
    let first = lines.first().ok_or(EdgeError::Empty)?;
    let header = header(first, &lines)?;
    let edges: Vec<Edge> =
        lines[usize::from(header.is_some())..].iter().map(edge).collect::<Result<_, _>>()?;
    if let Some((_, announced)) = header {
        let couplings = edges.iter().filter(|edge| edge.ends[0] != edge.ends[1]).count();
        if announced != edges.len() as u64 && announced != couplings as u64 {
            return Err(EdgeError::Count {
                line: first.number,
                text: first.text.to_owned(),
                announced,
                found: edges.len(),
                weighted: lines.iter().any(|line| line.columns.len() > 2),
            });
        }
    }
    let (spins, base) = extent(header.map(|(spins, _)| spins), index_base, &edges)?;
    let mut file = EdgeFile { spins, bonds: Vec::new(), fields: Vec::new(), index_base: base };
    for edge in &edges {
        let [i, j] = edge.ends.map(|index| (index - u64::from(base)) as u32);
        if i == j {
            file.fields.push((i, edge.weight));
        } else {
            file.bonds.push((i, j, edge.weight));
        }
    }
    Ok(file)
}

/// The lines that hold something, without comments.
fn lines(text: &str) -> Vec<Line<'_>> {
    let strip = |line: &'_ str| -> usize {
        ["#", "%", "//"].iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len())
    };
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line[..strip(line)].trim()))
        .map(|(number, text)| Line { number, text, columns: text.split_whitespace().collect() })
        .filter(|line| line.columns.first().is_some_and(|column| *column != "c"))
        .collect()
}

/// The header's n and m, when the first line is one.
fn header(first: &Line<'_>, lines: &[Line<'_>]) -> Result<Option<(u64, u64)>, EdgeError> {
    let &[n, m] = first.columns.as_slice() else { return Ok(None) };
    let (Ok(n), Ok(m)) = (n.parse::<u64>(), m.parse::<u64>()) else { return Ok(None) };
    let rest = &lines[1..];
    let weighted = rest.iter().any(|line| line.columns.len() > 2);
    let beyond = || {
        let indices = rest.iter().flat_map(|line| line.columns.iter().take(2));
        indices.filter_map(|column| column.parse::<u64>().ok()).any(|index| index > n)
    };
    let is_edge = n == 0 || (!weighted && (n == 1 || m != rest.len() as u64) && beyond());
    if is_edge {
        return Ok(None);
    }
    if n > MAX_SPINS as u64 {
        return Err(EdgeError::TooMany { line: first.number, spins: n });
    }
    Ok(Some((n, m)))
}

fn edge(line: &Line<'_>) -> Result<Edge, EdgeError> {
    let (ends, weight) = match line.columns.as_slice() {
        [i, j] => ([i, j], None),
        [i, j, weight] => ([i, j], Some(*weight)),
        columns => {
            return Err(EdgeError::Columns {
                line: line.number,
                text: line.text.to_owned(),
                columns: columns.len(),
            });
        }
    };
    let index = |column: &str| {
        let error = || EdgeError::Index { line: line.number, text: column.to_owned() };
        column.parse::<u64>().map_err(|_| error())
    };
    let ends = [index(ends[0])?, index(ends[1])?];
    let weight = match weight {
        Some(column) => {
            let value = column.parse::<f64>().ok().filter(|value| value.is_finite());
            value.ok_or_else(|| EdgeError::Weight { line: line.number, text: column.to_owned() })?
        }
        None if ends[0] == ends[1] => {
            return Err(EdgeError::Loop { line: line.number, text: line.text.to_owned() });
        }
        None => 1.0,
    };
    Ok(Edge { line: line.number, ends, weight })
}

/// The number of spins and the index base, with every index checked against them.
fn extent(
    announced: Option<u64>,
    index_base: Option<u32>,
    edges: &[Edge],
) -> Result<(usize, u32), EdgeError> {
    let indices = || edges.iter().flat_map(|edge| edge.ends);
    let smallest = indices().min();
    let largest = indices().max().unwrap_or(0);
    let base = match (index_base, smallest, announced) {
        (Some(base), ..) => base,
        (None, None, _) | (None, Some(0), _) => 0,
        (None, Some(_), None) => 1,
        (None, Some(_), Some(spins)) if largest >= spins => 1,
        (None, Some(_), Some(spins)) => return Err(EdgeError::AmbiguousBase { spins }),
    };
    let first = u64::from(base);
    let at = |test: &dyn Fn(u64) -> bool| {
        edges.iter().find_map(|edge| edge.ends.into_iter().find(|end| test(*end)).map(|end| (edge.line, end)))
    };
    if let Some((line, index)) = at(&|end| end < first) {
        return Err(EdgeError::BelowBase { line, index, base });
    }
    match announced {
        Some(spins) => match at(&|end| end - first >= spins) {
            Some((line, index)) => {
                Err(EdgeError::Range { line, index, first, last: first + spins - 1, spins })
            }
            None => Ok((spins as usize, base)),
        },
        None => match at(&|end| end - first >= MAX_SPINS as u64) {
            Some((line, index)) => Err(EdgeError::TooMany { line, spins: (index - first).saturating_add(1) }),
            None if edges.is_empty() => Err(EdgeError::Empty),
            None => Ok(((largest - first) as usize + 1, base)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<EdgeFile, EdgeError> {
        parse(text.as_bytes(), None)
    }

    fn message(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn a_header_couplings_and_a_field_counted_from_zero() {
        let file = read("3 4\n0 1 -1\n1 2 0.5\n0 2 1\n1 1 0.25\n").unwrap();
        assert_eq!(file.spins, 3);
        assert_eq!(file.bonds, [(0, 1, -1.0), (1, 2, 0.5), (0, 2, 1.0)]);
        assert_eq!(file.fields, [(1, 0.25)]);
        assert_eq!(file.index_base, 0);
    }

    #[test]
    fn a_graph_counted_from_one() {
        let file = read("4 4\n1 2 1\n2 3 1\n3 4 1\n1 3 1\n").unwrap();
        assert_eq!((file.spins, file.index_base), (4, 1));
        assert_eq!(file.bonds, [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (0, 2, 1.0)]);
    }

    #[test]
    fn spaces_tabs_comments_line_ends_and_floats_do_not_matter() {
        let plain = read("3 3\n1 2 191\n2 3 -122.5\n1 3 1").unwrap();
        let dressed = "\u{feff}# from a .bq file\r\n\r\n% n m\r\nc made by hand\r\n  3\t3  \r\n\
                       // edges\r\n1 2 191.000000  \r\n 2\t3\t-1.225e2 # frustrated\r\nc\r\n1 3\r\n\r\n";
        assert_eq!(read(dressed).unwrap(), plain);
    }

    #[test]
    fn without_a_header_the_largest_index_counts_the_spins() {
        let from_one = read("1 2 1\n4 2 -1\n").unwrap();
        assert_eq!((from_one.spins, from_one.index_base), (4, 1));
        let from_zero = read("0 2 1\n4 2 -1\n").unwrap();
        assert_eq!((from_zero.spins, from_zero.index_base), (5, 0));
        // Two columns throughout, and 2 > 1: the first line cannot announce one spin.
        let unweighted = read("1 2\n2 3\n3 4\n").unwrap();
        assert_eq!((unweighted.spins, unweighted.bonds.len()), (4, 3));
        let chosen = parse(b"1 2 1\n4 2 -1\n", Some(0)).unwrap();
        assert_eq!((chosen.spins, chosen.bonds[1]), (5, (4, 2, -1.0)));
    }

    #[test]
    fn an_unweighted_header_is_told_from_an_edge() {
        let file = read("3 2\n1 2\n2 3\n").unwrap();
        assert_eq!((file.spins, file.bonds.len()), (3, 2));
        assert_eq!(
            read("5 0\n").unwrap(),
            EdgeFile { spins: 5, bonds: vec![], fields: vec![], index_base: 0 }
        );
    }

    #[test]
    fn an_index_base_that_cannot_be_told_is_asked_for() {
        let text = "5 2\n1 2 1\n2 3 1\n";
        assert!(message(text).contains("set index_base = 0 or index_base = 1"), "{}", message(text));
        assert!(read(text).unwrap_err().problem("model.ising.file", "g.txt").help.contains("index_base"));
        assert_eq!(parse(text.as_bytes(), Some(1)).unwrap().bonds[1], (1, 2, 1.0));
        assert_eq!(parse(text.as_bytes(), Some(0)).unwrap().bonds[1], (2, 3, 1.0));
    }

    #[test]
    fn errors_name_the_line_and_the_text() {
        for (text, expected) in [
            ("", "the file holds no edges"),
            ("# nothing\n\n", "the file holds no edges"),
            ("# c\n3 2\n1 2 1\n2 x 1\n", "line 4: `x` is not the index of a spin"),
            ("3 2\n1 2 1\n2 -3 1\n", "line 3: `-3` is not the index of a spin"),
            ("3 2\n1 2 1\n2 3.0 1\n", "line 3: `3.0` is not the index of a spin"),
            ("3 2\n1 2 1\n2 3 nan\n", "line 3: `nan` is not a finite number"),
            ("3 2\n1 2 1\n2 3 1e999\n", "line 3: `1e999` is not a finite number"),
            ("3 2\n1 2 1\n2 3 1 7\n", "line 3: `2 3 1 7` has 4 column(s)"),
            ("3 2\n1 2 1\n2\n", "line 3: `2` has 1 column(s)"),
            ("3 2\n1 2 1\n2 2\n", "line 3: `2 2` joins a spin to itself"),
            ("\n3 3\n1 2 1\n2 3 1\n", "line 2: the header `3 3` announces 3 edges, but 2 follow"),
            ("3 2\n1 2 1\n2 4 1\n", "line 3: index 4 lies outside 1 to 3, the indices of 3 spins"),
            ("3 2\n0 1 1\n2 3 1\n", "line 3: index 3 lies outside 0 to 2"),
            ("1 2 1\n1 90000000 1\n", "line 2: 90000000 spins are more than"),
            ("90000000 1\n1 2 1\n", "line 1: 90000000 spins are more than"),
        ] {
            assert!(message(text).starts_with(expected), "{text:?} gave: {}", message(text));
        }
        assert_eq!(
            parse(b"1 2 1\n2 \xff 1\n", None).unwrap_err(),
            EdgeError::NotText { line: 2 },
            "the second line is not text"
        );
        assert_eq!(
            parse(b"0 2 1\n", Some(1)).unwrap_err(),
            EdgeError::BelowBase { line: 1, index: 0, base: 1 }
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, None);
        }

        #[test]
        fn digits_and_spaces_never_give_an_index_out_of_range(text in "[0-9 .\n-]{0,80}", base in 0u32..2) {
            for base in [None, Some(base)] {
                if let Ok(file) = parse(text.as_bytes(), base) {
                    let ends = file.bonds.iter().flat_map(|&(i, j, _)| [i, j]);
                    for end in ends.chain(file.fields.iter().map(|field| field.0)) {
                        prop_assert!((end as usize) < file.spins);
                    }
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            spins in 2u32..40,
            picks in proptest::collection::vec((0u32..1000, 0u32..1000, -9.0f64..9.0), 0..30),
            base in 0u32..2,
        ) {
            let edges: Vec<_> = picks.iter().map(|&(i, j, weight)| (i % spins, j % spins, weight)).collect();
            let mut text = format!("{spins} {}\n", edges.len());
            for (i, j, weight) in &edges {
                text += &format!("{} {} {weight}\n", i + base, j + base);
            }
            let file = parse(text.as_bytes(), Some(base)).unwrap();
            let bonds: Vec<_> = edges.iter().copied().filter(|(i, j, _)| i != j).collect();
            let fields: Vec<_> = edges.iter().filter(|(i, j, _)| i == j).map(|&(i, _, h)| (i, h)).collect();
            prop_assert_eq!(file, EdgeFile { spins: spins as usize, bonds, fields, index_base: base });
        }
    }
}

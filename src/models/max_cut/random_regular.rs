//! Random regular graphs: every vertex has the same number of neighbours, no loops, no double edges.

use crate::rng::Stream;
use rand::RngExt;
use std::collections::BTreeSet;

/// Pairings that are tried before a faulty one is repaired.
const DRAWS: usize = 200;

/// The edges (i < j, in order) of a simple graph of `vertices` vertices with `degree` neighbours each.
///
/// Pairing model (Bollobás 1980, doi:10.1016/S0195-6698(80)80030-8): each vertex gets `degree` stubs, which are paired
/// at random; a pairing without loops and double edges is uniform among the simple graphs. Up to 200 pairings are
/// tried. If none is simple, as for most degrees above 4, the last one's faulty edges are mended by exchanging ends with
/// edges chosen at random, which is close to uniform but not exactly. A graph with more than half of all edges is
/// drawn as the complement of a sparse one.
///
/// Requires degree < vertices and an even vertices · degree.
pub(super) fn random_regular(vertices: u32, degree: u32, stream: &mut Stream) -> Vec<(u32, u32)> {
    debug_assert!(degree < vertices && (u64::from(vertices) * u64::from(degree)).is_multiple_of(2));
    if degree > (vertices - 1) / 2 {
        let missing: BTreeSet<_> =
            random_regular(vertices, vertices - 1 - degree, stream).into_iter().collect();
        let pairs = (0..vertices).flat_map(|i| (i + 1..vertices).map(move |j| (i, j)));
        return pairs.filter(|pair| !missing.contains(pair)).collect();
    }
    // The share of simple pairings is about e^{−(d² − 1)/4}.
    let draws = if degree <= 4 { DRAWS } else { 1 };
    loop {
        for draw in 0..draws {
            let mut edges = pairing(vertices, degree, stream);
            let last = draw + 1 == draws;
            if (is_simple(&edges) || last) && mend(&mut edges, stream) {
                edges.sort_unstable();
                return edges;
            }
        }
    }
}

fn pairing(vertices: u32, degree: u32, stream: &mut Stream) -> Vec<(u32, u32)> {
    let mut stubs: Vec<u32> = (0..vertices).flat_map(|i| (0..degree).map(move |_| i)).collect();
    for last in (1..stubs.len()).rev() {
        stubs.swap(last, stream.random_range(0..=last));
    }
    stubs.chunks_exact(2).map(|ends| ordered(ends[0], ends[1])).collect()
}

fn ordered(i: u32, j: u32) -> (u32, u32) {
    (i.min(j), i.max(j))
}

fn is_simple(edges: &[(u32, u32)]) -> bool {
    let mut seen = BTreeSet::new();
    edges.iter().all(|edge| edge.0 != edge.1 && seen.insert(*edge))
}

/// Exchanges ends of edges until there are no loops and no double edges; `false` if that takes too long.
fn mend(edges: &mut [(u32, u32)], stream: &mut Stream) -> bool {
    let mut seen = BTreeSet::new();
    let mut faulty: Vec<usize> =
        (0..edges.len()).filter(|&at| edges[at].0 == edges[at].1 || !seen.insert(edges[at])).collect();
    let mut trials = 0;
    while let Some(&at) = faulty.last() {
        trials += 1;
        if trials > 1000 * edges.len() {
            return false;
        }
        let other = stream.random_range(0..edges.len());
        let ((a, b), (c, d)) = (edges[at], edges[other]);
        let (c, d) = if stream.random::<bool>() { (c, d) } else { (d, c) };
        let (first, second) = (ordered(a, c), ordered(b, d));
        let sound = !faulty.contains(&other) && a != c && b != d && first != second;
        if sound && !seen.contains(&first) && !seen.contains(&second) {
            seen.remove(&edges[other]);
            seen.extend([first, second]);
            (edges[at], edges[other]) = (first, second);
            faulty.pop();
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn every_graph_is_simple_and_regular() {
        for (vertices, degree) in
            [(4, 3), (6, 3), (10, 0), (10, 1), (10, 9), (9, 4), (9, 6), (50, 3), (40, 12), (30, 20), (200, 7)]
        {
            let edges = random_regular(vertices, degree, &mut stream(1, "graph", "test", u64::from(degree)));
            assert!(is_simple(&edges), "{vertices} vertices of degree {degree}");
            let mut degrees = vec![0; vertices as usize];
            for (i, j) in edges {
                degrees[i as usize] += 1;
                degrees[j as usize] += 1;
            }
            assert!(degrees.iter().all(|found| *found == degree), "{vertices} vertices of degree {degree}");
        }
    }

    #[test]
    fn the_cubic_graphs_of_six_vertices_occur_as_often_as_they_should() {
        // There are 70 labelled cubic graphs on 6 vertices: 60 prisms (two triangles) and 10 K(3,3) (none).
        let mut random = stream(2, "graph", "test", 0);
        let draws = 2000;
        let bipartite = (0..draws)
            .filter(|_| {
                let edges: BTreeSet<_> = random_regular(6, 3, &mut random).into_iter().collect();
                let has = |i, j| edges.contains(&ordered(i, j));
                !(0..6).any(|i| (0..i).any(|j| (0..j).any(|k| has(i, j) && has(j, k) && has(i, k))))
            })
            .count();
        let (n, p) = (f64::from(draws), 1.0 / 7.0);
        let z = (bipartite as f64 - n * p) / libm::sqrt(n * p * (1.0 - p));
        assert!(z.abs() < 4.5, "{bipartite} of {draws}: {z} standard errors from 1/7");
    }
}

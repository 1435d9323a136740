//! Places for the nodes of a small graph in a drawing of it, the same on every machine.

/// Rounds of improvement: enough for a hundred nodes to come to rest.
const ROUNDS: usize = 300;

/// Places of `nodes` nodes in the plane whose distances come near those along the graph, an edge being of length 1; centred on
/// the origin.
///
/// Stress majorisation with weights 1/d² (Gansner, Koren and North 2005, doi:10.1007/978-3-540-31843-9_25): starting from a
/// circle in the order in which a breadth-first walk meets the nodes, each round moves every node in turn to where its
/// distances ask it to be, x_i ← Σ_j w_ij (x_j + d_ij (x_i − x_j)/|x_i − x_j|) / Σ_j w_ij. Parts that are not joined count as
/// one step further apart than the longest path. Takes O(nodes²) per round.
pub fn places(nodes: usize, edges: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let (distances, order) = distances(nodes, edges);
    let radius = nodes as f64 / std::f64::consts::TAU;
    let mut places = vec![(0.0, 0.0); nodes];
    for (rank, node) in order.into_iter().enumerate() {
        let angle = std::f64::consts::TAU * rank as f64 / nodes as f64;
        places[node] = (radius * libm::cos(angle), radius * libm::sin(angle));
    }
    for _ in 0..ROUNDS {
        for i in 0..nodes {
            let (mut weights, mut x, mut y) = (0.0, 0.0, 0.0);
            for j in (0..nodes).filter(|j| *j != i) {
                let wanted = distances[i * nodes + j];
                let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
                let stretch = wanted / libm::hypot(dx, dy).max(1e-9);
                let weight = 1.0 / (wanted * wanted);
                weights += weight;
                x += weight * (places[j].0 + stretch * dx);
                y += weight * (places[j].1 + stretch * dy);
            }
            if weights > 0.0 {
                places[i] = (x / weights, y / weights);
            }
        }
    }
    let count = nodes.max(1) as f64;
    let middle = places.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0 / count, sum.1 + at.1 / count));
    places.into_iter().map(|(x, y)| (x - middle.0, y - middle.1)).collect()
}

/// Steps along the graph between all pairs, row by row, and the nodes in breadth-first order from node 0.
fn distances(nodes: usize, edges: &[(usize, usize)]) -> (Vec<f64>, Vec<usize>) {
    let mut neighbours = vec![Vec::new(); nodes];
    for &(i, j) in edges {
        neighbours[i].push(j);
        neighbours[j].push(i);
    }
    let walk = |start: usize, reached: &mut Vec<Option<usize>>| {
        let mut queue = vec![start];
        reached[start] = Some(0);
        let mut next = 0;
        while let Some(&node) = queue.get(next) {
            next += 1;
            for &other in &neighbours[node] {
                if reached[other].is_none() {
                    reached[other] = reached[node].map(|steps| steps + 1);
                    queue.push(other);
                }
            }
        }
        queue
    };
    let all: Vec<Vec<Option<usize>>> = (0..nodes)
        .map(|start| {
            let mut reached = vec![None; nodes];
            walk(start, &mut reached);
            reached
        })
        .collect();
    let longest = all.iter().flatten().flatten().max().copied().unwrap_or(0);
    let far = (longest + 1) as f64;
    let distances = all.iter().flatten().map(|steps| steps.map_or(far, |steps| steps as f64)).collect();
    let (mut order, mut seen) = (Vec::new(), vec![None; nodes]);
    for start in 0..nodes {
        if seen[start].is_none() {
            order.extend(walk(start, &mut seen));
        }
    }
    (distances, order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
        libm::hypot(a.0 - b.0, a.1 - b.1)
    }

    #[test]
    fn a_path_is_drawn_straight_and_a_ring_round() {
        let path = places(4, &[(0, 1), (1, 2), (2, 3)]);
        assert!((distance(path[0], path[3]) - 3.0).abs() < 0.05, "{path:?}");
        let ring = places(8, &(0..8).map(|i| (i, (i + 1) % 8)).collect::<Vec<_>>());
        let radii: Vec<f64> = ring.iter().map(|at| distance(*at, (0.0, 0.0))).collect();
        assert!(radii.iter().all(|radius| (radius - radii[0]).abs() < 0.05), "{radii:?}");
    }

    #[test]
    fn nodes_without_edges_are_placed_apart() {
        let alone = places(3, &[]);
        assert!(distance(alone[0], alone[1]) > 0.5 && distance(alone[1], alone[2]) > 0.5, "{alone:?}");
        assert!(places(0, &[]).is_empty());
        assert_eq!(places(1, &[]), [(0.0, 0.0)]);
    }
}

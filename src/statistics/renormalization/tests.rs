//! Against sums written out place by place, exact limits, and all states of a small lattice.

use super::*;
use crate::rng;
use rand::RngExt;

/// The products behind each interaction, as offsets from a place.
fn shapes() -> Vec<Vec<Vec<(usize, usize)>>> {
    vec![
        vec![vec![(0, 0), (0, 1)], vec![(0, 0), (1, 0)]],
        vec![vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]],
        vec![vec![(0, 0), (0, 1), (1, 0), (1, 1)]],
        vec![vec![(0, 0), (0, 2)], vec![(0, 0), (2, 0)]],
        vec![vec![(0, 0), (1, 2)], vec![(0, 2), (1, 0)], vec![(0, 0), (2, 1)], vec![(0, 1), (2, 0)]],
        vec![vec![(0, 0), (2, 2)], vec![(0, 2), (2, 0)]],
        vec![vec![(0, 1), (1, 0), (1, 2), (2, 1)]],
        vec![vec![(0, 0)]],
        vec![
            vec![(0, 0), (0, 1), (1, 0)],
            vec![(0, 0), (0, 1), (1, 1)],
            vec![(0, 0), (1, 0), (1, 1)],
            vec![(0, 1), (1, 0), (1, 1)],
        ],
        vec![vec![(0, 0), (0, 1), (0, 2)], vec![(0, 0), (1, 0), (2, 0)]],
        vec![vec![(1, 1), (0, 1), (1, 0), (1, 2), (2, 1)]],
    ]
}

fn random_spins(count: usize, stream: &mut rng::Stream) -> Vec<i8> {
    (0..count).map(|_| if stream.random::<bool>() { 1 } else { -1 }).collect()
}

#[test]
fn interactions_are_the_sums_that_their_names_say() {
    let mut stream = rng::stream(1, "interactions", "", 0);
    for (rows, columns) in [(4, 4), (5, 8), (16, 6)] {
        let spins = random_spins(rows * columns, &mut stream);
        let found = operators(&spins, columns);
        for (at, shape) in shapes().iter().enumerate() {
            let mut sum = 0.0;
            for place in 0..rows * columns {
                let (r, c) = (place / columns, place % columns);
                for product in shape {
                    let spin = |(dr, dc): &(usize, usize)| {
                        f64::from(spins[(r + dr) % rows * columns + (c + dc) % columns])
                    };
                    sum += product.iter().map(spin).product::<f64>();
                }
            }
            assert_eq!(found[at], sum, "{} on {rows} × {columns}", NAMES[at]);
        }
    }
    let spins = vec![1; 16];
    assert_eq!(operators(&spins, 4).map(|s| s / 16.0), [2., 2., 1., 2., 4., 2., 1., 1., 4., 2., 1.]);
}

#[test]
fn blocks_follow_the_majority_and_toss_for_ties() {
    #[rustfmt::skip]
    let spins = [
        1, 1, -1, -1,
        1, -1, -1, 1,
        1, -1, -1, -1,
        -1, 1, -1, -1,
    ];
    assert_eq!(blocked(&spins, 4, || true), [1, -1, 1, -1]);
    assert_eq!(blocked(&spins, 4, || false), [1, -1, -1, -1]);
    assert_eq!(levels(64, 64), [(64, 64), (32, 32), (16, 16), (8, 8), (4, 4)]);
    assert_eq!(levels(24, 40), [(24, 40), (12, 20), (6, 10)]);
    assert_eq!(levels(9, 8), [(9, 8)]);
}

/// Means of the rows of many random states.
fn means(
    layout: Layout,
    states: impl Iterator<Item = Vec<i8>>,
    side: usize,
    coin: &mut rng::Stream,
) -> Vec<f64> {
    let mut sums = vec![0.0; layout.width()];
    let mut count = 0.0;
    for mut spins in states {
        let mut all = vec![operators(&spins, side)];
        for level in 1..layout.levels {
            let columns = side >> (level - 1);
            spins = blocked(&spins, columns, || coin.random());
            all.push(operators(&spins, columns / 2));
        }
        let mut row = Vec::new();
        layout.extend(&all, &mut row);
        sums.iter_mut().zip(&row).for_each(|(sum, x)| *sum += x);
        count += 1.0;
    }
    sums.iter().map(|sum| sum / count).collect()
}

/// Without interactions blocks are independent: with the single spins alone λ = E[S' S]/E[S' S'] = E|s₁ + s₂ + s₃ + s₄| = 3/2. In
/// perfect order a block is four times its spin: λ = 4, the exponent d = 2 of a transition of first order.
#[test]
fn the_magnetic_exponent_is_exact_for_free_spins_and_in_perfect_order() {
    let layout = Layout { levels: 2 };
    let mut coin = rng::stream(3, "coin", "", 0);
    let mut stream = rng::stream(2, "free spins", "", 0);
    let (count, side) = (20_000, 8);
    let states: Vec<Vec<i8>> = (0..count).map(|_| random_spins(side * side, &mut stream)).collect();
    let found = layout.exponent(&means(layout, states.into_iter(), side, &mut coin), 0, Parity::Odd, 1);
    // S' S has the relative error √(Var/20000) below 1.5 %, as has S' S', and they go together.
    assert!((found - libm::log(1.5) / LN_2).abs() < 0.03, "{found}");
    let ordered = (0..2).map(|sign| vec![1 - 2 * sign as i8; side * side]);
    let found = layout.exponent(&means(layout, ordered, side, &mut coin), 0, Parity::Odd, 1);
    assert_eq!(found, 2.0);
}

/// Every state of 4 × 4 spins with its Boltzmann weight, and for each all that the ties may toss: the connected correlations
/// of nearest neighbours between the lattice and its blocks, without [`Layout`], beside those of weighted rows.
#[test]
fn one_interaction_gives_the_quotient_of_two_connected_correlations() {
    let beta = 0.4;
    let layout = Layout { levels: 2 };
    let mut sums = vec![0.0; layout.width()];
    let (mut z, mut s, mut t, mut st, mut tt) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for state in 0..1_u32 << 16 {
        let spins: Vec<i8> = (0..16).map(|i| if state >> i & 1 == 1 { 1 } else { -1 }).collect();
        let spin = |r: usize, c: usize| f64::from(spins[r % 4 * 4 + c % 4]);
        let fine: f64 =
            (0..16).map(|i| spin(i / 4, i % 4) * (spin(i / 4, i % 4 + 1) + spin(i / 4 + 1, i % 4))).sum();
        // One and the same toss for all ties of a state, its sign given by the state's number: both halves are equally likely.
        let heads = state % 3 == 0;
        let block = |r: usize, c: usize| {
            let sum = spin(2 * r, 2 * c)
                + spin(2 * r + 1, 2 * c)
                + spin(2 * r, 2 * c + 1)
                + spin(2 * r + 1, 2 * c + 1);
            if sum == 0.0 { if heads { 1.0 } else { -1.0 } } else { sum.signum() }
        };
        let blocks = [block(0, 0), block(0, 1), block(1, 0), block(1, 1)];
        // On 2 × 2 each pair of neighbours has two bonds.
        let coarse = 2.0
            * (blocks[0] * blocks[1] + blocks[2] * blocks[3] + blocks[0] * blocks[2] + blocks[1] * blocks[3]);
        let weight = libm::exp(beta * fine);
        for (sum, value) in [
            (&mut z, 1.0),
            (&mut s, fine),
            (&mut t, coarse),
            (&mut st, fine * coarse),
            (&mut tt, coarse * coarse),
        ] {
            *sum += weight * value;
        }
        let mut row = Vec::new();
        layout.extend(&[operators(&spins, 4), operators(&blocked(&spins, 4, || heads), 2)], &mut row);
        sums.iter_mut().zip(&row).for_each(|(sum, x)| *sum += weight * x);
    }
    let means: Vec<f64> = sums.iter().map(|sum| sum / z).collect();
    let lambda = (st / z - s * t / (z * z)) / (tt / z - t * t / (z * z));
    let found = layout.exponent(&means, 0, Parity::Even, 1);
    assert!((found - libm::log(lambda) / LN_2).abs() < 1e-10, "{found}");
    // On 2 × 2 the diagonal neighbours are the plaquette's other bonds: more interactions than the lattice can tell apart.
    assert!(layout.exponent(&means, 0, Parity::Even, EVEN).is_nan());
}

#[test]
fn small_matrices_are_solved_and_their_largest_eigenvalue_found() {
    let mut a = [0.0, 2.0, 1.0, 1.0, 0.0, 3.0, 4.0, 1.0, 0.0];
    let original = a;
    // A times the identity with a permuted column: X is that matrix.
    let x = [1.0, 0.5, 0.0, 0.0, -1.0, 2.0, 3.0, 0.0, 1.0];
    let product = |i: usize, j: usize| (0..3).map(|k| original[i * 3 + k] * x[k * 3 + j]).sum::<f64>();
    let mut b: Vec<f64> = (0..9).map(|at| product(at / 3, at % 3)).collect();
    assert!(solve(&mut a, &mut b, 3));
    assert!(b.iter().zip(x).all(|(found, wanted)| (found - wanted).abs() < 1e-14), "{b:?}");
    // Triangular: eigenvalues on the diagonal.
    assert!((leading(&[0.5, 7.0, 1.0, 0.0, 2.0, -3.0, 0.0, 0.0, -1.0], 3) - 2.0).abs() < 1e-10);
    assert!(!solve(&mut [1.0, 2.0, 2.0, 4.0], &mut [1.0, 0.0, 0.0, 1.0], 2));
    assert!(leading(&[0.0, -1.0, 1.0, 0.0], 2).is_nan(), "a rotation has no real eigenvalue");
}

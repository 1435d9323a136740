use super::minimum::minimise;
use super::*;
use std::ops::ControlFlow;

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()).max(1e-300)
}

/// Numbers between −1 and 1 that only look random, from a linear congruence.
fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Three groups in the plane, of 12, 8 and 5 points.
fn groups() -> Vec<f64> {
    let middles = [(0.0, 0.0), (6.0, 1.0), (2.0, 5.0)];
    let sizes = [12, 8, 5];
    let shifts = noise(7, 50);
    let mut values = Vec::new();
    for (middle, size) in middles.iter().zip(sizes) {
        for _ in 0..size {
            let at = values.len();
            values.push(middle.0 + 0.8 * shifts[at]);
            values.push(middle.1 + 0.8 * shifts[at + 1]);
        }
    }
    values
}

fn settings(from: f64, to: f64, steps: usize, most_clusters: usize) -> Settings {
    let ratio = to / from;
    let temperature = |i: usize| from * libm::pow(ratio, i as f64 / (steps - 1).max(1) as f64);
    let temperatures = (0..steps).map(temperature).collect();
    Settings { temperatures, most_clusters, tolerance: 1e-12, most_steps: 50_000 }
}

fn cooled(cloud: &Cloud, to: f64, steps: usize, most_clusters: usize) -> Cooling {
    cool(cloud, &settings(hot_enough(cloud), to, steps, most_clusters), &mut go_on).unwrap()
}

#[test]
fn the_free_energy_is_that_of_all_assignments_counted_one_by_one() {
    let values = noise(3, 10);
    let cloud = Cloud::new(&values, 2, None).unwrap();
    let clusters =
        Clusters { dimensions: 2, masses: vec![0.5, 0.3, 0.2], centres: noise(4, 6), labels: vec![0, 1, 2] };
    for t in [0.2, 1.0, 5.0] {
        // Σ over the 3⁵ assignments of Π q e^{−E/t}; F is −t times its logarithm, per point.
        let mut sum = 0.0;
        let mut shares = vec![0.0; 15];
        for code in 0..3_usize.pow(5) {
            let mut weight = 1.0;
            let box_of = |i: usize| code / 3_usize.pow(i as u32) % 3;
            for i in 0..5 {
                let k = box_of(i);
                let (dx, dy) = (
                    cloud.point(i)[0] - clusters.centres[2 * k],
                    cloud.point(i)[1] - clusters.centres[2 * k + 1],
                );
                weight *= clusters.masses[k] * libm::exp(-(dx * dx + dy * dy) / t);
            }
            sum += weight;
            (0..5).for_each(|i| shares[3 * i + box_of(i)] += weight);
        }
        let (assigned, log_sums) = clusters.assign(&cloud, t);
        assert!(close(libm::log(sum), log_sums.iter().sum(), 1e-13));
        for (share, counted) in assigned.iter().zip(&shares) {
            assert!(close(*share, counted / sum, 1e-13), "{share} {}", counted / sum);
        }
        // At a minimum, the same sum gives the free energy that is told.
        let minimum = minimise(&cloud, &clusters, t, 1e-13, 50_000);
        let (_, log_sums) = minimum.clusters.assign(&cloud, t);
        assert!(close(minimum.free_energy, -t * log_sums.iter().sum::<f64>() / 5.0, 1e-12));
    }
}

#[test]
fn two_points_split_at_twice_their_variance_and_follow_the_tangent() {
    for a in [1.0, 0.3, 250.0] {
        let cloud = Cloud::new(&[-a, a], 1, None).unwrap();
        assert!(close(first_critical_temperature(&cloud), 2.0 * a * a, 1e-14));
        let cooling = cooled(&cloud, 0.05 * a * a, 30, 8);
        assert_eq!(cooling.splits.len(), 1);
        // The gain of a second centre grows as the square of the distance to T_c: 10⁻¹⁰ of it is seen from 10⁻⁵ on.
        assert!(close(cooling.splits[0].temperature, 2.0 * a * a, 3e-5), "{:?}", cooling.splits);
        for stage in &cooling.stages {
            let t = stage.temperature / (a * a);
            // The root of y = tanh(2y/t), by bisection.
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..200 {
                let y = 0.5 * (low + high);
                if libm::tanh(2.0 * y / t) > y { low = y } else { high = y }
            }
            let y = if t < 2.0 { low } else { 0.0 };
            let far = stage.clusters.centres.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
            assert!((far - y).abs() < 2e-9, "t = {t}: {far} and {y}, residual {}", stage.residual);
            // And F from the closed form −T ln[e^{−(a² + y²)/T} cosh(2ay/T)] there.
            let f = 1.0 + y * y - t * libm::log(libm::cosh(2.0 * y / t));
            assert!(close(stage.free_energy, f * a * a, 1e-11), "{} {}", stage.free_energy, f * a * a);
        }
    }
}

#[test]
fn the_first_critical_temperature_is_that_of_a_two_by_two_matrix() {
    let values = groups();
    let n = values.len() as f64 / 2.0;
    let mean = |at: usize| values.iter().skip(at).step_by(2).sum::<f64>() / n;
    let (mx, my) = (mean(0), mean(1));
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    for row in values.chunks_exact(2) {
        let (x, y) = (row[0] - mx, row[1] - my);
        a += x * x / n;
        b += x * y / n;
        c += y * y / n;
    }
    let largest = 0.5 * (a + c) + libm::sqrt(0.25 * (a - c) * (a - c) + b * b);
    let cloud = Cloud::new(&values, 2, None).unwrap();
    assert!(close(first_critical_temperature(&cloud), 2.0 * largest, 1e-13));
    assert!(close(cloud.unit(), a + c, 1e-13));
}

#[test]
fn eigenvalues_of_a_known_matrix() {
    // The chain of four with 2 on the diagonal: 2 − 2 cos(πk/5).
    let mut chain = vec![0.0; 16];
    for i in 0..4 {
        chain[5 * i] = 2.0;
        if i < 3 {
            chain[5 * i + 1] = -1.0;
            chain[5 * i + 4] = -1.0;
        }
    }
    let pairs = eigen::symmetric(&chain, 4);
    for (at, (value, vector)) in pairs.iter().enumerate() {
        let exact = 2.0 - 2.0 * libm::cos(std::f64::consts::PI * (4 - at) as f64 / 5.0);
        assert!(close(*value, exact, 1e-14));
        for row in 0..4 {
            let product: f64 = (0..4).map(|k| chain[4 * row + k] * vector[k]).sum();
            assert!((product - value * vector[row]).abs() < 1e-14);
        }
    }
}

#[test]
fn free_energy_splits_into_distortion_and_information_which_is_its_slope() {
    let cloud = Cloud::new(&groups(), 2, None).unwrap();
    let cooling = cooled(&cloud, 0.3, 40, 8);
    assert!(cooling.stages.last().unwrap().clusters.count() >= 3);
    for stage in &cooling.stages {
        let sum = stage.distortion + stage.temperature * stage.information;
        assert!(close(stage.free_energy, sum, 1e-11), "{} {sum}", stage.free_energy);
        let log_clusters = libm::log(stage.clusters.count() as f64);
        assert!(stage.information >= 0.0 && stage.information <= log_clusters + 1e-12);
    }
    for pair in cooling.stages.windows(2) {
        assert!(pair[1].free_energy <= pair[0].free_energy + 1e-12);
        assert!(pair[1].distortion <= pair[0].distortion + 1e-12);
        assert!(pair[1].information >= pair[0].information - 1e-12);
    }
    // A central difference on the branch of one number of clusters, far from any split.
    for stage in cooling.stages.iter().filter(|stage| {
        cooling.splits.iter().all(|split| libm::log(split.temperature / stage.temperature).abs() > 0.1)
    }) {
        let t = stage.temperature / cloud.unit();
        let at = |t: f64| minimise(&cloud, &stage.clusters, t, 1e-13, 50_000).free_energy;
        let step = 1e-4 * t;
        let slope = (at(t + step) - at(t - step)) / (2.0 * step);
        assert!((slope - stage.information).abs() < 1e-7, "{slope} {}", stage.information);
    }
}

#[test]
fn more_clusters_never_cost_free_energy() {
    let cloud = Cloud::new(&groups(), 2, None).unwrap();
    let cooling = cooled(&cloud, 0.3, 25, 8);
    let mut last = Clusters::whole(2);
    for stage in &cooling.stages {
        let t = stage.temperature / cloud.unit();
        for unsplit in [&Clusters::whole(2), &last] {
            let kept = minimise(&cloud, unsplit, t, 1e-12, 50_000).free_energy * cloud.unit();
            assert!(stage.free_energy <= kept + 1e-12 * cloud.unit(), "{} {kept}", stage.free_energy);
        }
        last = stage.clusters.clone();
    }
}

#[test]
fn without_a_limit_of_clusters_the_minimum_is_that_of_a_convex_problem() {
    // One dimension: masses on a fine grid of fixed centres, found by the multiplicative iteration of the same convex
    // function, bound the minimum from above, and miss it by little.
    let values: Vec<f64> = noise(11, 9).iter().map(|x| 3.0 * x).collect();
    let cloud = Cloud::new(&values, 1, None).unwrap();
    let cooling = cooled(&cloud, 0.5, 12, 9);
    let grid: Vec<f64> = (0..601).map(|i| -3.2 + 6.4 * f64::from(i) / 600.0).collect();
    for stage in cooling.stages.iter().step_by(4).chain(cooling.stages.last()) {
        let t = stage.temperature;
        let mut masses = vec![1.0 / 601.0; 601];
        let kernel: Vec<f64> =
            values.iter().flat_map(|x| grid.iter().map(move |y| libm::exp(-(x - y) * (x - y) / t))).collect();
        let mut bound = f64::INFINITY;
        for _ in 0..4000 {
            let sums: Vec<f64> = kernel
                .chunks_exact(601)
                .map(|row| row.iter().zip(&masses).map(|(e, q)| e * q).sum())
                .collect();
            bound = -t * sums.iter().map(|sum| libm::log(*sum)).sum::<f64>() / 9.0;
            for (k, mass) in masses.iter_mut().enumerate() {
                *mass *= (0..9).map(|i| kernel[601 * i + k] / sums[i]).sum::<f64>() / 9.0;
            }
        }
        assert!(stage.free_energy <= bound + 1e-12, "{} {bound} at {t}", stage.free_energy);
        assert!(stage.free_energy >= bound - 2e-3 * t, "{} {bound} at {t}", stage.free_energy);
        assert!(!stage.divisible);
    }
}

#[test]
fn a_lopsided_pair_splits_above_its_critical_temperature() {
    let cloud = Cloud::new(&[0.0, 1.0], 1, Some(&[4.0, 1.0])).unwrap();
    assert!(close(first_critical_temperature(&cloud), 2.0 * 0.16, 1e-13));
    // ln g(s) = −s²/T + ln Σ w e^{2su/T} with u = −0.2 and 0.8: the highest T at which it is positive somewhere.
    let best = |t: f64| {
        let gain =
            |s: f64| -s * s / t + libm::log(0.8 * libm::exp(-0.4 * s / t) + 0.2 * libm::exp(1.6 * s / t));
        (1..40_000).map(|i| gain(f64::from(i) / 40_000.0)).fold(f64::NEG_INFINITY, f64::max)
    };
    let (mut low, mut high) = (0.32, 0.6);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if best(middle) > 0.0 { low = middle } else { high = middle }
    }
    let split = cooled(&cloud, 0.2, 20, 4).splits[0].clone();
    assert!(split.temperature > 1.01 * split.critical, "{split:?}");
    assert!(close(split.temperature, low, 2e-6), "{} {low}", split.temperature);
    let at = split.above.unwrap();
    assert!(at > split.temperature && close(at, split.temperature, 2e-6));
}

#[test]
fn moving_turning_permuting_and_scaling_change_nothing_but_the_unit() {
    let values = groups();
    let plain = Cloud::new(&values, 2, None).unwrap();
    let (s, c) = (libm::sin(0.7), libm::cos(0.7));
    let mut rows: Vec<[f64; 2]> = values
        .chunks_exact(2)
        .map(|row| {
            let (x, y) = (3.0 * row[0], 3.0 * row[1]);
            [c * x - s * y + 1e3, s * x + c * y - 50.0]
        })
        .collect();
    rows.reverse();
    rows.swap(3, 17);
    let moved = Cloud::new(&rows.concat(), 2, None).unwrap();
    let (one, two) = (cooled(&plain, 0.5, 15, 6), cooled(&moved, 4.5, 15, 6));
    assert_eq!(one.splits.len(), two.splits.len());
    for (a, b) in one.splits.iter().zip(&two.splits) {
        assert!(close(9.0 * a.temperature, b.temperature, 3e-6), "{a:?} {b:?}");
        assert!(close(9.0 * a.critical, b.critical, 3e-6));
    }
    for (a, b) in one.stages.iter().zip(&two.stages) {
        assert_eq!(a.clusters.count(), b.clusters.count());
        assert!(close(9.0 * a.free_energy, b.free_energy, 1e-9));
        assert!((a.information - b.information).abs() < 1e-8);
    }
}

#[test]
fn copies_of_a_point_are_a_weight_and_copies_of_a_centre_are_nothing() {
    let twice = Cloud::new(&[0.0, 0.0, 0.0, 1.0, 5.0, 5.0], 1, None).unwrap();
    let weighed = Cloud::new(&[0.0, 1.0, 5.0], 1, Some(&[3.0, 1.0, 2.0])).unwrap();
    let (one, two) = (cooled(&twice, 0.1, 12, 6), cooled(&weighed, 0.1, 12, 6));
    for (a, b) in one.stages.iter().zip(&two.stages) {
        assert_eq!(a.clusters.count(), b.clusters.count());
        assert!(close(a.free_energy, b.free_energy, 1e-10), "{} {}", a.free_energy, b.free_energy);
    }
    let end = one.stages.last().unwrap();
    let t = end.temperature / twice.unit();
    let mut doubled = end.clusters.clone();
    doubled.masses = doubled.masses.iter().chain(&doubled.masses).map(|mass| 0.5 * mass).collect();
    doubled.centres = doubled.centres.iter().chain(&doubled.centres).copied().collect();
    doubled.labels.extend(10..10 + end.clusters.count());
    let (_, copies) = doubled.assign(&twice, t);
    let (_, single) = end.clusters.assign(&twice, t);
    assert!(copies.iter().zip(&single).all(|(a, b)| (a - b).abs() < 1e-13));
    assert_eq!(minimise(&twice, &doubled, t, 1e-12, 1000).clusters.count(), end.clusters.count());
}

#[test]
fn the_cold_end_is_a_fixed_point_of_k_means() {
    let values = groups();
    let cloud = Cloud::new(&values, 2, None).unwrap();
    let cooling = cooled(&cloud, 0.02, 60, 3);
    let end = cooling.stages.last().unwrap();
    assert_eq!(end.clusters.count(), 3);
    let partition = quench(&cloud, &end.clusters);
    // Each centre is the mean of its points, and each point's centre the nearest.
    for k in 0..3 {
        let own: Vec<usize> = (0..25).filter(|i| partition.assignment[*i] == k).collect();
        for column in 0..2 {
            let mean = own.iter().map(|i| cloud.point(*i)[column]).sum::<f64>() / own.len() as f64;
            assert!((mean - partition.centres[2 * k + column]).abs() < 1e-14);
            assert!((mean - end.clusters.centre(k)[column]).abs() < 1e-6);
        }
    }
    for i in 0..25 {
        let far = |k: usize| square_distance(cloud.point(i), &partition.centres[2 * k..2 * k + 2]);
        assert!((0..3).all(|k| far(partition.assignment[i]) <= far(k)));
    }
    // The groups as they were made.
    let groups: Vec<usize> = partition.assignment.clone();
    assert!(groups[..12].iter().all(|k| *k == groups[0]) && groups[12..20].iter().all(|k| *k == groups[12]));
    assert!(groups[20..].iter().all(|k| *k == groups[20]) && groups[0] != groups[12]);
    assert!(close(partition.distortion * cloud.unit(), end.distortion, 1e-5));
}

#[test]
fn what_has_no_spread_has_one_cluster() {
    for values in [vec![0.1; 6], vec![4.0, -1e200]] {
        let dimensions = 2;
        let cloud = Cloud::new(&values, dimensions, None).unwrap();
        assert_eq!((cloud.radius(), first_critical_temperature(&cloud), hot_enough(&cloud)), (0.0, 0.0, 0.0));
        let cooling = cool(&cloud, &settings(2.0, 0.1, 4, 8), &mut go_on).unwrap();
        assert!(cooling.splits.is_empty() && cooling.stages.len() == 4);
        for stage in cooling.stages {
            assert_eq!((stage.clusters.count(), stage.free_energy, stage.information), (1, 0.0, 0.0));
            assert_eq!(cloud.place(stage.clusters.centre(0)), values[..2]);
        }
    }
}

#[test]
fn huge_and_tiny_coordinates_scale_or_are_refused() {
    for scale in [1e140, 1e-130] {
        let values: Vec<f64> = groups().iter().map(|x| x * scale).collect();
        let cloud = Cloud::new(&values, 2, None).unwrap();
        let plain = Cloud::new(&groups(), 2, None).unwrap();
        let (one, two) = (cooled(&plain, 1.0, 6, 4), cooled(&cloud, scale * scale, 6, 4));
        assert_eq!(one.splits.len(), two.splits.len());
        for (a, b) in one.stages.iter().zip(&two.stages) {
            assert!(close(a.free_energy * scale * scale, b.free_energy, 1e-9));
        }
    }
    let refused = |values: &[f64]| Cloud::new(values, 1, None).unwrap_err();
    assert_eq!(refused(&[1e160, -1e160]), CloudError::TooFar);
    assert_eq!(refused(&[f64::MAX, -f64::MAX]), CloudError::TooFar);
    assert_eq!(refused(&[1e-160, -1e-160]), CloudError::TooClose);
    assert_eq!(refused(&[1.0, f64::NAN]), CloudError::NotFinite);
    assert_eq!(refused(&[]), CloudError::Empty);
    for weights in [[0.0, 0.0], [-1.0, 2.0]] {
        assert_eq!(Cloud::new(&[1.0, 2.0], 1, Some(&weights)).unwrap_err(), CloudError::Weights);
    }
}

#[test]
fn an_iteration_that_is_cut_says_so() {
    let cloud = Cloud::new(&[-1.0, 1.0], 1, None).unwrap();
    let cut = Settings { most_steps: 5, ..settings(2.5, 1.9, 5, 4) };
    let stages = cool(&cloud, &cut, &mut go_on).unwrap().stages;
    let last = stages.last().unwrap();
    assert!(last.steps >= 5 && last.residual > cut.tolerance, "{last:?}");
    let mut stop = |share: f64| if share > 0.3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(cool(&cloud, &cut, &mut stop), None);
}

#[test]
fn a_cooling_that_begins_cold_finds_the_same_state() {
    let cloud = Cloud::new(&groups(), 2, None).unwrap();
    let slow = cooled(&cloud, 1.0, 30, 8);
    let fast = cool(&cloud, &settings(1.0, 1.0, 1, 8), &mut go_on).unwrap();
    let (a, b) = (slow.stages.last().unwrap(), &fast.stages[0]);
    assert_eq!(a.clusters.count(), b.clusters.count());
    assert!(close(a.free_energy, b.free_energy, 1e-9), "{} {}", a.free_energy, b.free_energy);
    assert!(fast.splits.iter().all(|split| split.above.is_none()));
    // And few temperatures meet the same splits as many.
    let coarse = cooled(&cloud, 1.0, 4, 8);
    assert_eq!(coarse.splits.len(), slow.splits.len());
    for (a, b) in coarse.splits.iter().zip(&slow.splits) {
        assert!(close(a.temperature, b.temperature, 1e-5), "{a:?} {b:?}");
    }
}

//! Counting against lists of all distributions, closed forms, and exact integers.

use super::*;

fn boxes(list: &[(f64, f64)]) -> Vec<Level> {
    list.iter().map(|&(energy, degeneracy)| Level { energy, degeneracy }).collect()
}

fn ladder(count: usize) -> Vec<Level> {
    (0..count).map(|step| Level { energy: step as f64, degeneracy: 1.0 }).collect()
}

fn solve(occupation: &Occupation) -> Occupied {
    occupation.solve(&mut |_| ControlFlow::Continue(())).unwrap().unwrap()
}

fn solved(objects: u64, boxes: &[Level], energy: f64) -> (Occupation, Occupied) {
    let occupation = Occupation::new(objects, boxes, energy).unwrap();
    let found = solve(&occupation);
    (occupation, found)
}

fn close(found: f64, expected: f64, tolerance: f64) {
    let difference = (found - expected).abs();
    assert!(difference <= tolerance * expected.abs().max(1.0), "{found} is not {expected}");
}

/// All ways to share `objects` among `boxes` boxes.
fn distributions(objects: u64, boxes: usize) -> Vec<Vec<u64>> {
    if boxes == 1 {
        return vec![vec![objects]];
    }
    let mut all = Vec::new();
    for first in 0..=objects {
        for rest in distributions(objects - first, boxes - 1) {
            all.push(std::iter::once(first).chain(rest).collect());
        }
    }
    all
}

/// By listing: the number of assignments, means, variances, and the largest number of one distribution.
fn listed(objects: u64, boxes: &[Level], energy: f64) -> Option<(f64, Vec<f64>, Vec<f64>, f64)> {
    let factorial = |n: u64| -> f64 { (1..=n).map(|k| k as f64).product() };
    let kept = |n: &Vec<u64>| {
        let sum: f64 = n.iter().zip(boxes).map(|(count, one)| *count as f64 * one.energy).sum();
        (sum - energy).abs() < 1e-9
    };
    let weighed: Vec<(Vec<u64>, f64)> = distributions(objects, boxes.len())
        .into_iter()
        .filter(kept)
        .map(|n| {
            let parts = n.iter().zip(boxes);
            let weight: f64 = parts
                .map(|(count, one)| libm::pow(one.degeneracy, *count as f64) / factorial(*count))
                .product();
            (n, weight * factorial(objects))
        })
        .collect();
    let all: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let mean = |power: f64| -> Vec<f64> {
        (0..boxes.len())
            .map(|j| weighed.iter().map(|(n, w)| w * libm::pow(n[j] as f64, power)).sum::<f64>() / all)
            .collect()
    };
    let (first, second) = (mean(1.0), mean(2.0));
    let variances = first.iter().zip(second).map(|(mean, square)| square - mean * mean).collect();
    let largest = weighed.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    (!weighed.is_empty()).then_some((all, first, variances, largest))
}

#[test]
fn small_systems_agree_with_a_list_of_every_distribution() {
    let systems = [
        ladder(5),
        boxes(&[(0.0, 2.0), (1.0, 3.0), (4.0, 1.0)]),
        boxes(&[(-0.3, 1.0), (0.1, 2.5), (0.1, 0.5), (0.5, 1.0), (1.7, 4.0)]),
        boxes(&[(5.0, 1.0), (0.0, 1.0), (3.0, 7.0)]),
        boxes(&[(2.0, 3.0)]),
        boxes(&[(1.0, 3.0), (1.0, 2.0), (1.0, 1.0)]),
    ];
    let mut compared = 0;
    for system in &systems {
        let lowest = system.iter().map(|one| one.energy).fold(f64::INFINITY, f64::min);
        let highest = system.iter().map(|one| one.energy).fold(f64::NEG_INFINITY, f64::max);
        let unit = if system.len() == 5 && lowest < 0.0 { 0.4 } else { 1.0 };
        for objects in [1_u64, 2, 3, 7, 10] {
            let count = objects as f64;
            let steps = libm::round(count * (highest - lowest) / unit) as u64;
            for step in 0..=steps {
                let energy = count * lowest + unit * step as f64;
                let found = Occupation::new(objects, system, energy);
                let Some((all, means, variances, largest)) = listed(objects, system, energy) else {
                    assert!(matches!(found, Err(Fault::Energy(_))), "{objects} objects, energy {energy}");
                    continue;
                };
                let occupation = found.unwrap();
                let found = solve(&occupation);
                close(found.log_multiplicity, libm::log(all), 1e-13);
                close(found.log_likeliest.unwrap(), libm::log(largest), 1e-13);
                let likeliest: Vec<u64> = found.boxes.iter().map(|one| one.likeliest.unwrap()).collect();
                assert_eq!(likeliest.iter().sum::<u64>(), objects);
                let its = likeliest.iter().zip(system).map(|(n, one)| *n as f64 * one.energy).sum::<f64>();
                assert!((its - energy).abs() < 1e-12);
                for (one, (mean, variance)) in found.boxes.iter().zip(means.iter().zip(variances)) {
                    close(one.mean, *mean, 1e-12);
                    assert!((one.variance - variance).abs() < 1e-11, "{} is not {variance}", one.variance);
                }
                let limit = occupation.boltzmann().unwrap();
                close(limit.probabilities.iter().sum(), 1.0, 1e-14);
                let mean = limit.probabilities.iter().zip(system).map(|(p, one)| p * one.energy).sum::<f64>();
                assert!((mean - energy / count).abs() < 1e-13);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

/// Made by Miller's recurrence in exact integers: Ω to 40 digits, means and variances as fractions.
#[test]
fn ten_thousand_objects_agree_with_exact_integers() {
    let (_, four) = solved(10_000, &ladder(4), 10_000.0);
    close(four.log_multiplicity, 12_833.504_604_872_086, 1e-14);
    let means = [4213.396242287542, 2769.670276059672, 1820.4707210180288, 1196.4627606347567];
    let variances = [797.3774734556345, 2002.6012885241275, 1182.764078589627, 524.0984034774675];
    for (one, (mean, variance)) in four.boxes.iter().zip(means.iter().zip(variances)) {
        close(one.mean, *mean, 1e-13);
        close(one.variance, variance, 1e-10);
    }
    let (_, three) = solved(1000, &boxes(&[(0.0, 2.0), (1.0, 3.0), (4.0, 1.0)]), 2500.0);
    close(three.log_multiplicity, 1_406.281_646_944_980_7, 1e-14);
    let means = [128.4604002201552, 328.7194663731264, 542.8201334067184];
    let variances = [74.64727345948542, 132.70626392797408, 8.29414149549838];
    for (one, (mean, variance)) in three.boxes.iter().zip(means.iter().zip(variances)) {
        close(one.mean, *mean, 1e-13);
        close(one.variance, variance, 1e-10);
    }
}

/// Ω = C(E + N − 1, E) when every box up to the energy E is there: Einstein's solid.
#[test]
fn a_ladder_without_a_top_is_einsteins_solid() {
    for (objects, quanta) in [(4_u64, 6_u64), (100, 19), (10_000, 30), (30, 200)] {
        let (occupation, found) = solved(objects, &ladder(quanta as usize + 1), quanta as f64);
        let choose: f64 =
            (0..quanta).map(|k| libm::log((objects + k) as f64) - libm::log((k + 1) as f64)).sum();
        close(found.log_multiplicity, choose, 1e-13);
        // One oscillator's share: P(0) = (N − 1)/(E + N − 1).
        let share = (objects as f64 - 1.0) / ((quanta + objects) as f64 - 1.0);
        close(found.boxes[0].mean, objects as f64 * share, 1e-13);
        assert!(occupation.boltzmann().unwrap().inverse_temperature.unwrap() > 0.0);
    }
}

#[test]
fn equal_energies_are_a_multinomial_distribution() {
    let (occupation, found) = solved(5000, &boxes(&[(3.0, 1.0), (3.0, 4.0), (3.0, 5.0)]), 15_000.0);
    close(found.log_multiplicity, 5000.0 * libm::log(10.0), 1e-14);
    for (one, p) in found.boxes.iter().zip([0.1, 0.4, 0.5]) {
        close(one.mean, 5000.0 * p, 1e-13);
        close(one.variance, 5000.0 * p * (1.0 - p), 1e-10);
        assert_eq!(one.likeliest, Some((5000.0 * p) as u64));
    }
    let limit = occupation.boltzmann().unwrap();
    assert_eq!(limit.inverse_temperature, None);
    assert!(found.divergence(limit) < 1e-20);
}

#[test]
fn the_ends_are_all_objects_in_one_box() {
    for (energy, full, beta) in [(0.0, 0, f64::INFINITY), (30.0, 3, f64::NEG_INFINITY)] {
        let (occupation, found) = solved(10, &ladder(4), energy);
        assert_eq!(found.log_multiplicity, 0.0);
        assert_eq!(occupation.boltzmann().unwrap().inverse_temperature, Some(beta));
        for (index, one) in found.boxes.iter().enumerate() {
            let expected = if index == full { 10 } else { 0 };
            assert_eq!((one.mean, one.variance, one.likeliest), (expected as f64, 0.0, Some(expected)));
        }
        assert_eq!(found.divergence(occupation.boltzmann().unwrap()), 0.0);
    }
    // The middle has β = 0, and above it β < 0.
    let beta = |energy: f64| solved(10, &ladder(4), energy).0.limit.unwrap().inverse_temperature.unwrap();
    assert!(beta(15.0).abs() < 1e-15);
    close(beta(20.0), -beta(10.0), 1e-13);
    assert!(beta(10.0) > 0.0);
}

#[test]
fn no_objects_and_one_object() {
    let (occupation, found) = solved(0, &ladder(3), 0.0);
    assert_eq!((found.log_multiplicity, found.log_likeliest), (0.0, Some(0.0)));
    assert!(occupation.boltzmann().is_none());
    assert!(matches!(Occupation::new(0, &ladder(3), 1.0), Err(Fault::Energy(_))));
    let (_, found) = solved(1, &boxes(&[(0.0, 1.0), (2.0, 3.0), (2.0, 1.0)]), 2.0);
    close(found.log_multiplicity, libm::log(4.0), 1e-15);
    close(found.boxes[1].mean, 0.75, 1e-15);
    close(found.boxes[1].variance, 0.1875, 1e-14);
    assert_eq!(found.boxes[1].likeliest, Some(1));
}

/// The mean occupations differ from N p by O(1), so that the divergence, quadratic in it, falls as 1/N²; widths fall as 1/√N
/// to the width of the Gaussian that both constraints leave.
#[test]
fn divergence_and_width_fall_as_they_should() {
    let sizes = [1000_u64, 10_000];
    let found = sizes.map(|objects| solved(objects, &ladder(5), objects as f64));
    let divergence = |index: usize| found[index].1.divergence(found[index].0.boltzmann().unwrap());
    let slope = libm::log10(divergence(1) / divergence(0));
    assert!((slope + 2.0).abs() < 0.01, "{slope}");
    for (objects, (occupation, occupied)) in sizes.iter().zip(&found) {
        let p = &occupation.boltzmann().unwrap().probabilities;
        let spread: f64 = p.iter().enumerate().map(|(j, p)| p * (j as f64 - 1.0) * (j as f64 - 1.0)).sum();
        let variance = p.iter().enumerate().map(|(j, p)| {
            let off = j as f64 - 1.0;
            p - p * p - p * p * off * off / spread
        });
        let expected = libm::sqrt(variance.sum::<f64>() / *objects as f64);
        assert!((occupied.width() / expected - 1.0).abs() < 2.0 / *objects as f64);
        // ln Ω = N S − ln √(2πNσ²) + O(1/N).
        let n = *objects as f64;
        let entropy = n * occupation.boltzmann().unwrap().entropy;
        let gap = entropy - occupied.log_multiplicity;
        let gauss = 0.5 * libm::log(2.0 * core::f64::consts::PI * n * spread);
        assert!((gap - gauss).abs() < 1.0 / n, "{gap} is not {gauss}");
    }
}

#[test]
fn large_systems_are_counted_within_reach() {
    let boxes = ladder(20);
    let (occupation, found) = solved(10_000, &boxes, 60_000.0);
    assert!(occupation.terms() < 5e9, "{}", occupation.terms());
    let objects: f64 = found.boxes.iter().map(|one| one.mean).sum();
    let energy: f64 = found.boxes.iter().zip(&boxes).map(|(one, level)| one.mean * level.energy).sum();
    close(objects, 1e4, 1e-13);
    close(energy, 6e4, 1e-13);
    assert!(found.log_likeliest.unwrap() < found.log_multiplicity);
    let likeliest = found.boxes.iter().map(|one| one.likeliest.unwrap() as f64);
    likeliest.zip(&found.boxes).for_each(|(n, one)| assert!((n - one.mean).abs() < 2.0));
}

#[test]
fn what_cannot_be_counted_is_refused_with_numbers() {
    let said =
        |objects: u64, list: &[(f64, f64)], energy: f64| match Occupation::new(objects, &boxes(list), energy)
        {
            Err(Fault::Boxes(text)) => format!("boxes: {text}"),
            Err(Fault::Energy(text)) => format!("energy: {text}"),
            Err(Fault::Size(text)) => format!("size: {text}"),
            Ok(_) => "counted".to_owned(),
        };
    let plain = [(0.0, 1.0), (1.0, 1.0), (3.0, 1.0)];
    for (text, part) in [
        (said(4, &[], 1.0), "boxes: there are no boxes"),
        (
            said(4, &[(0.0, 1.0), (1.0, 1.0), (core::f64::consts::SQRT_2, 1.0)], 1.0),
            "not multiples of a common unit",
        ),
        (
            said(4, &plain, 12.5),
            "energy: no arrangement has the total energy 12.5: 4 objects can have energies from 0 to 12 in steps of 1",
        ),
        (said(4, &plain, -1.0), "from 0 to 12"),
        (said(4, &plain, 11.0), "the nearest that have one are 10 and 12"),
        (said(4, &[(2.0, 1.0)], 9.0), "4 objects can have the energy 8 alone"),
        (said(400_000_000, &plain, 4e8), "size: the total energy is"),
        (said(u64::MAX, &plain, 4e8), "size: 18"),
        (said(100_000, &[(0.0, 1.0), (1.0, 1.0), (199.0, 1.0)], 9e6), "terms to count"),
        (said(4, &plain, f64::NAN), "size: the total energy"),
    ] {
        assert!(text.contains(part), "{text}");
    }
}

/// Distributions from few combinations of boxes lie far from Boltzmann's; that is said, not counted as 0.
#[test]
fn arrangements_far_from_boltzmann_are_counted_or_refused() {
    let gaps = boxes(&[(0.0, 1.0), (500.0, 1.0), (1001.0, 1.0)]);
    let (_, found) = solved(100, &gaps, 500.0 * 99.0);
    close(found.log_multiplicity, libm::log(100.0), 1e-12);
    assert_eq!(found.boxes[1].likeliest, Some(99));
    let occupation = Occupation::new(450, &gaps, 500.0 * 449.0).unwrap();
    match occupation.solve(&mut |_| ControlFlow::Continue(())).unwrap() {
        Ok(found) => close(found.log_multiplicity, libm::log(450.0), 1e-12),
        Err(text) => assert!(text.contains("near the Boltzmann distribution"), "{text}"),
    }
}

#[test]
fn a_count_can_be_stopped() {
    let occupation = Occupation::new(4000, &ladder(20), 20_000.0).unwrap();
    assert!(occupation.solve(&mut |_| ControlFlow::Break(())).is_none());
}

#[test]
fn factorials_and_stirling() {
    let mut exact = 0.0;
    let mut error = 0.0;
    for n in 1_u64..=2000 {
        // Kahan's sum of logarithms.
        let term = libm::log(n as f64) - error;
        let sum = exact + term;
        error = (sum - exact) - term;
        exact = sum;
        assert!((log_factorial(n) - exact).abs() <= 1e-15 * exact.max(1.0), "{n}");
    }
    // ln 100! and ln 10000!, Abramowitz and Stegun 6.1 carried to more digits.
    close(log_factorial(100), 363.739_375_555_563_5, 1e-15);
    close(log_factorial(10_000), 82_108.927_836_814_35, 1e-15);
    // The error is ½ ln(2πN) + 1/(12N) − …
    for n in [10_u64, 1000, 100_000] {
        let gap = log_factorial(n) - stirling(n);
        let series = 0.5 * libm::log(2.0 * core::f64::consts::PI * n as f64) + 1.0 / (12.0 * n as f64);
        assert!((gap - series).abs() < 1e-9 + 1e-3 / (n * n) as f64 * 5.0, "{n}");
    }
    assert_eq!((log_factorial(0), stirling(0)), (0.0, 0.0));
}

#[test]
fn units_are_found_through_rounding() {
    for (list, objects, energy, unit, total) in [
        (&[(0.1, 1.0), (0.3, 1.0), (0.7, 1.0)][..], 6, 1.0, 0.2, 2),
        (&[(-1.5, 1.0), (0.25, 1.0), (1.0, 1.0)][..], 5, 1.0, 0.25, 34),
        (&[(1e6, 1.0), (1e6 + 0.1, 1.0), (1e6 + 0.3, 1.0)][..], 5, 5e6 + 0.6, 0.1, 6),
        (&[(1e-12, 1.0), (2e-12, 1.0)][..], 5, 7e-12, 1e-12, 2),
    ] {
        let quanta = Quanta::new(objects, &boxes(list), energy).unwrap();
        assert!((quanta.unit / unit - 1.0).abs() < 1e-8, "{}", quanta.unit);
        assert_eq!(quanta.total, total);
    }
}

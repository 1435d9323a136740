//! Correlations on a periodic lattice of any dimension: the structure factor and the two-point function along the axes.
//!
//! Sites in one of q states are compared by g(a, b) = (q δ(a, b) − 1)/(q − 1): 1 for equal states and 0 on average over all;
//! of two states, up and down, that is the product s s' of spins ±1.

use std::f64::consts::{PI, TAU};

/// The bits of one state of a lattice, packed once along each axis in turn, and the phases of its longest waves.
#[derive(Debug, Clone)]
pub struct Torus {
    sides: Vec<usize>,
    sites: usize,
    states: usize,
    /// Bits that tell the states apart.
    planes: usize,
    /// cos and sin of 2πx/L along each axis.
    phases: Vec<Vec<(f64, f64)>>,
    /// Per layer across the axis at hand, and per plane, the bits of its sites.
    bits: Vec<u64>,
    /// Sites of one layer, words of one of its planes, and the bits in use of the last.
    area: usize,
    words: usize,
    last: u64,
}

/// What one state of the lattice shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlations {
    /// S(0) = (1/N) Σ_{x,y} g(x, y): of spins M²/N.
    pub zero: f64,
    /// S(k) for each axis, with k = 2π/L along it.
    pub longest: Vec<f64>,
    /// G(r) = (1/N) Σ_x g(x, x + r e) for each axis, at r = 1 to L/2.
    pub along: Vec<Vec<f64>>,
}

impl Torus {
    /// A lattice with the given sides (each at least 2), the last axis fastest, whose sites have `states` states from 0 (2 to
    /// 256).
    pub fn new(sides: &[usize], states: usize) -> Self {
        debug_assert!(sides.iter().all(|side| *side > 1) && (2..=256).contains(&states));
        let wave = |side: &usize| {
            let angle = |x: usize| TAU * x as f64 / *side as f64;
            (0..*side).map(|x| (libm::cos(angle(x)), libm::sin(angle(x)))).collect()
        };
        Self {
            sides: sides.to_vec(),
            sites: sides.iter().product(),
            states,
            planes: (states - 1).ilog2() as usize + 1,
            phases: sides.iter().map(wave).collect(),
            bits: Vec::new(),
            area: 0,
            words: 0,
            last: 0,
        }
    }

    /// The structure factor S(k) = (1/N) Σ_{x,y} g(x, y) e^{ik(x−y)} and the two-point function of one state: about d (L q + N)
    /// operations for the first and N L d/64 for the second, on words of 64 sites.
    pub fn observe(&mut self, state: &[u8]) -> Correlations {
        let (n, q) = (self.sites as f64, self.states as f64);
        let mut seen = Correlations { zero: 0.0, longest: Vec::new(), along: Vec::new() };
        for axis in 0..self.sides.len() {
            self.pack(state, axis);
            let (mut zero, mut longest) = (0.0, 0.0);
            for a in 0..self.states {
                let (mut all, mut cosine, mut sine) = (0.0, 0.0, 0.0);
                for (layer, (cos, sin)) in self.phases[axis].iter().enumerate() {
                    let count = self.count(layer, a) as f64;
                    all += count;
                    cosine += count * cos;
                    sine += count * sin;
                }
                zero += all * all;
                longest += cosine * cosine + sine * sine;
            }
            seen.zero = (q * zero / n - n) / (q - 1.0);
            seen.longest.push(q * longest / (n * (q - 1.0)));
            let share = |r: usize| 1.0 - q / (q - 1.0) * self.differing(axis, r) as f64 / n;
            seen.along.push((1..=self.sides[axis] / 2).map(share).collect());
        }
        seen
    }

    /// Packs the sites of each layer across an axis.
    fn pack(&mut self, state: &[u8], axis: usize) {
        let side = self.sides[axis];
        let stride: usize = self.sides[axis + 1..].iter().product();
        self.area = self.sites / side;
        self.words = self.area.div_ceil(64);
        self.last = u64::MAX >> (64 * self.words - self.area);
        self.bits.clear();
        self.bits.resize(side * self.planes * self.words, 0);
        for layer in 0..side {
            for plane in 0..self.planes {
                let from = (layer * self.planes + plane) * self.words;
                let packed = &mut self.bits[from..from + self.words];
                // The sites of a layer come in runs of `stride`, which a whole sheet of the lattice parts.
                let (mut word, mut filled, mut at) = (0_u64, 0_u32, 0);
                for run in state[layer * stride..].chunks(stride).step_by(side) {
                    for a in run {
                        word |= u64::from(a >> plane & 1) << filled;
                        filled += 1;
                        if filled == 64 {
                            packed[at] = word;
                            (word, filled, at) = (0, 0, at + 1);
                        }
                    }
                }
                if filled > 0 {
                    packed[at] = word;
                }
            }
        }
    }

    /// The bits of one plane of one layer.
    fn plane(&self, layer: usize, plane: usize) -> &[u64] {
        let from = (layer * self.planes + plane) * self.words;
        &self.bits[from..from + self.words]
    }

    /// How many sites of a layer have the state `a`.
    fn count(&self, layer: usize, a: usize) -> u32 {
        if self.planes == 1 {
            let ones: u32 = self.plane(layer, 0).iter().map(|word| word.count_ones()).sum();
            return if a == 1 { ones } else { self.area as u32 - ones };
        }
        let hits = |word: usize| {
            let used = if word + 1 == self.words { self.last } else { u64::MAX };
            (0..self.planes).fold(used, |hits, plane| {
                let bits = self.plane(layer, plane)[word];
                hits & if a >> plane & 1 == 1 { bits } else { !bits }
            })
        };
        (0..self.words).map(|word| hits(word).count_ones()).sum()
    }

    /// How many sites differ from the one at the distance `r` along the axis at hand.
    fn differing(&self, axis: usize, r: usize) -> u64 {
        let side = self.sides[axis];
        let pair = |x: usize| -> u64 {
            let other = (x + r) % side;
            if self.planes == 1 {
                let pairs = self.plane(x, 0).iter().zip(self.plane(other, 0));
                return pairs.map(|(a, b)| u64::from((a ^ b).count_ones())).sum();
            }
            let word = |word: usize| {
                let differ = |plane: usize| self.plane(x, plane)[word] ^ self.plane(other, plane)[word];
                (0..self.planes).fold(0, |any, plane| any | differ(plane))
            };
            (0..self.words).map(|at| u64::from(word(at).count_ones())).sum()
        };
        (0..side).map(pair).sum()
    }
}

/// The second-moment correlation length from the mean structure factor at 0 and at k = 2π/L,
/// ξ = √(S(0)/S(k) − 1)/(2 sin(k/2)), which is exact for S(k) ∝ 1/(ξ⁻² + 4 sin²(k/2)); F. Cooper, B. Freedman and D. Preston,
/// Nucl. Phys. B 210 (1982) 210, doi:10.1016/0550-3213(82)90240-1. Not a number where S(k) > S(0).
pub fn second_moment(zero: f64, longest: f64, side: usize) -> f64 {
    libm::sqrt(zero / longest - 1.0) / (2.0 * libm::sin(PI / side as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use rand::RngExt;

    /// The place of a site along each axis.
    fn places(site: usize, sides: &[usize]) -> Vec<usize> {
        let mut rest = site;
        let mut found: Vec<usize> = sides.iter().rev().map(|side| (rest % side, rest /= side).0).collect();
        found.reverse();
        found
    }

    #[test]
    fn packed_words_count_what_a_sum_over_all_pairs_counts() {
        let mut stream = rng::stream(1, "structure", "", 0);
        let cases: [(&[usize], usize); 7] = [
            (&[7], 2),
            (&[130], 2),
            (&[4, 6], 2),
            (&[9, 8], 3),
            (&[3, 5], 5),
            (&[2, 3, 4], 4),
            (&[2, 3, 2, 3], 9),
        ];
        for (sides, states) in cases {
            let sites: usize = sides.iter().product();
            let state: Vec<u8> = (0..sites).map(|_| stream.random_range(0..states as u8)).collect();
            let q = states as f64;
            let alike =
                |x: usize, y: usize| (q * f64::from(u8::from(state[x] == state[y])) - 1.0) / (q - 1.0);
            let seen = Torus::new(sides, states).observe(&state);
            let sum = |weight: &dyn Fn(&[usize], &[usize]) -> f64| -> f64 {
                let pair = |x: usize, y: usize| alike(x, y) * weight(&places(x, sides), &places(y, sides));
                (0..sites).map(|x| (0..sites).map(|y| pair(x, y)).sum::<f64>()).sum::<f64>() / sites as f64
            };
            let close =
                |one: f64, two: f64| assert!((one - two).abs() < 1e-10, "{sides:?} {states}: {one} {two}");
            close(seen.zero, sum(&|_, _| 1.0));
            for (axis, side) in sides.iter().enumerate() {
                let k = TAU / *side as f64;
                close(seen.longest[axis], sum(&|x, y| libm::cos(k * (x[axis] as f64 - y[axis] as f64))));
                assert_eq!(seen.along[axis].len(), side / 2);
                for (at, found) in seen.along[axis].iter().enumerate() {
                    let apart = |x: &[usize], y: &[usize]| {
                        let mut moved = x.to_vec();
                        moved[axis] = (moved[axis] + at + 1) % side;
                        f64::from(u8::from(moved == y))
                    };
                    close(*found, sum(&apart));
                }
            }
        }
    }

    #[test]
    fn the_length_of_a_lattice_propagator_is_its_own() {
        for (length, side) in [(0.7, 8), (3.0, 16), (40.0, 64)] {
            let propagator = |k: f64| {
                let sine = 2.0 * libm::sin(0.5 * k);
                5.0 / (1.0 / (length * length) + sine * sine)
            };
            let found = second_moment(propagator(0.0), propagator(TAU / side as f64), side);
            assert!((found / length - 1.0).abs() < 1e-12, "{found}");
        }
        assert!(second_moment(1.0, 1.1, 8).is_nan());
    }
}

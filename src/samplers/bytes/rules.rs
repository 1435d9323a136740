//! The models whose sites fit into bytes: what a proposed change of one site depends on, in a small number, its key.

use super::lookup::MOST_KEYS;
use crate::models::site_states::SiteStates;

/// A model on a torus with one coupling and one field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// E = −J Σ s s′ − h Σ s; state 1 is up and 0 is down.
    Ising,
    /// E = −J Σ δ(s, s′) − h Σ δ(s, first), of q states.
    Potts(usize),
    /// E = −J Σ s s′ + D Σ s² − h Σ s; state s + 1.
    BlumeCapel(f64),
}

impl Form {
    /// The form of sites with a few states; `None` for others than Potts and Blume–Capel.
    pub(super) fn of(sites: &SiteStates) -> Option<Self> {
        let q = sites.states();
        let pairs = || (0..q).flat_map(|a| (0..q).map(move |b| (a, b)));
        let spin = |a: usize| a as f64 - 1.0;
        let alike = pairs().all(|(a, b)| sites.likeness[a * q + b] == f64::from(u8::from(a == b)));
        let first = (0..q).all(|a| sites.along[a] == f64::from(u8::from(a == 0)));
        if alike && first && sites.alone.iter().all(|c| *c == 0.0) {
            return Some(Self::Potts(q));
        }
        let products = q == 3 && pairs().all(|(a, b)| sites.likeness[a * q + b] == spin(a) * spin(b));
        let along = (0..q).all(|a| sites.along[a] == spin(a));
        let crystal = sites.alone[q - 1];
        let even = (0..q).all(|a| sites.alone[a] == crystal * spin(a) * spin(a));
        (products && along && even).then_some(Self::BlumeCapel(crystal))
    }

    /// Number of states.
    pub(super) fn states(&self) -> usize {
        match self {
            Self::Ising => 2,
            Self::Potts(q) => *q,
            Self::BlumeCapel(_) => 3,
        }
    }

    /// What a proposal costs for each key in use, at `near` neighbours.
    pub(super) fn costs(&self, near: usize, coupling: f64, field: f64) -> Vec<f64> {
        let n = near as f64;
        match self {
            Self::Ising => (0..2 * (near + 1))
                .map(|key| {
                    let (spin, up) = (2.0 * (key / (near + 1)) as f64 - 1.0, (key % (near + 1)) as f64);
                    2.0 * spin * (coupling * (2.0 * up - n) + field)
                })
                .collect(),
            Self::Potts(_) => (0..3 * (2 * near + 1))
                .map(|key| {
                    // Neighbours like the state less those like the proposed one, and whether one of the two is the first.
                    let lost = (key % (2 * near + 1)) as f64 - n;
                    let along = [0.0, field, -field][key / (2 * near + 1)];
                    coupling * lost + along
                })
                .collect(),
            Self::BlumeCapel(crystal) => (0..9 * (2 * near + 1))
                .map(|key| {
                    let sum = (key % (2 * near + 1)) as f64 - n;
                    let spin = |a: usize| a as f64 - 1.0;
                    let (from, to) = (spin(key / (2 * near + 1) / 3), spin(key / (2 * near + 1) % 3));
                    crystal * (to * to - from * from) - (to - from) * (coupling * sum + field)
                })
                .collect(),
        }
    }
}

/// The key of a change of one site from `own` to `to` among N neighbours.
pub(super) trait Rule {
    /// Whether proposals are drawn; else the other of two states is proposed.
    const DRAWS: bool;
    /// The key.
    fn key<const N: usize>(own: u8, to: u8, near: [u8; N]) -> u8;
}

pub(super) struct Ising;

impl Rule for Ising {
    const DRAWS: bool = false;
    #[inline(always)]
    fn key<const N: usize>(own: u8, _: u8, near: [u8; N]) -> u8 {
        let mut key = own * (N as u8 + 1);
        for other in near {
            key += other;
        }
        key
    }
}

pub(super) struct Potts;

impl Rule for Potts {
    const DRAWS: bool = true;
    #[inline(always)]
    fn key<const N: usize>(own: u8, to: u8, near: [u8; N]) -> u8 {
        let mut key = N as u8;
        for other in near {
            key = key + u8::from(other == own) - u8::from(other == to);
        }
        let width = 2 * N as u8 + 1;
        key + width * u8::from(own == 0) + 2 * width * u8::from(to == 0)
    }
}

pub(super) struct BlumeCapel;

impl Rule for BlumeCapel {
    const DRAWS: bool = true;
    #[inline(always)]
    fn key<const N: usize>(own: u8, to: u8, near: [u8; N]) -> u8 {
        let mut key = (own * 3 + to) * (2 * N as u8 + 1);
        for other in near {
            key += other;
        }
        key
    }
}

/// Acceptances by key, min(1, e^{−cost/T}) as a share of 2^64 in two parts: the leading byte, and the rest as a share of 2^56.
pub(super) struct Acceptances {
    pub leading: [u8; MOST_KEYS],
    pub rest: [u64; MOST_KEYS],
    /// Keys in use.
    pub used: usize,
}

/// The bits after the leading byte.
pub(super) const REST: u64 = (1 << 56) - 1;

impl Acceptances {
    pub(super) fn new(costs: &[f64], temperature: f64) -> Self {
        let mut table = Self { leading: [0; MOST_KEYS], rest: [0; MOST_KEYS], used: costs.len() };
        for (key, cost) in costs.iter().enumerate() {
            (table.leading[key], table.rest[key]) = if *cost <= 0.0 {
                // The last leading byte leaves it to the rest, all of which accepts.
                (u8::MAX, REST + 1)
            } else {
                let share = crate::samplers::threshold(libm::exp(-cost / temperature));
                ((share >> 56) as u8, share & REST)
            };
        }
        table
    }
}

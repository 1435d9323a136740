//! What a running chain is asked for beyond energy and magnetisation.

use super::super::spec::SweepExperiment;
use crate::record::Record;
use crate::rng::{self, Stream};
use crate::samplers::Chain;
use crate::statistics::renormalization::{self as blocks, Layout};
use crate::statistics::structure::Torus;
use rand::{Rng, RngExt};

/// Most stretches of a run over which the two-point function and the products of block spins are averaged before they are kept.
pub(super) const BINS: usize = 64;
/// Longest side of a lattice whose block spins are kept as a picture.
const LARGEST_PICTURE: usize = 128;

/// What is measured of one chain, every few sweeps.
pub(in crate::kinds::sweep) struct Probes {
    every: usize,
    sweeps: usize,
    looks: Bins,
    correlation: Option<Correlation>,
    blocks: Option<Blocks>,
}

/// How the looks of a run fall into stretches.
#[derive(Clone, Copy)]
struct Bins {
    looks: usize,
    count: usize,
    done: usize,
}

impl Bins {
    /// The stretch of the look at hand, and the number of looks in it.
    fn at(self) -> (usize, f64) {
        let bin = ((self.done + 1) * self.count - 1) / self.looks;
        let start = |bin: usize| bin * self.looks / self.count;
        (bin, (start(bin + 1) - start(bin)) as f64)
    }
}

struct Correlation {
    torus: Torus,
    /// Whether sites are spins ±1 rather than numbers of states.
    spins: bool,
    /// S(0), and S(k) along each axis, look by look.
    zero: Vec<f64>,
    longest: Vec<Vec<f64>>,
    /// G(r) of all axes, stretch by stretch.
    along: Vec<Vec<f64>>,
}

struct Blocks {
    layout: Layout,
    levels: Vec<(usize, usize)>,
    coin: Coin,
    /// The rows of [`Layout`], stretch by stretch.
    rows: Vec<Vec<f64>>,
    /// The levels of the last state seen.
    last: Vec<Vec<i8>>,
}

/// Random bits, a word of them at a time.
struct Coin {
    stream: Stream,
    bits: u64,
    left: u32,
}

impl Coin {
    fn toss(&mut self) -> bool {
        if self.left == 0 {
            (self.bits, self.left) = (self.stream.next_u64(), 64);
        }
        self.left -= 1;
        let bit = self.bits & 1 == 1;
        self.bits >>= 1;
        bit
    }
}

impl Probes {
    /// What an experiment asks for; `stream` is the chain's, of which no number is taken: ties of block spins are decided by a
    /// stream of their own, so that a chain runs the same whatever is measured.
    pub(in crate::kinds::sweep) fn new(experiment: &SweepExperiment, stream: &Stream) -> Self {
        let measure = &experiment.measure;
        let looks = experiment.sweeps / measure.every;
        let count = looks.clamp(1, BINS);
        let correlation = measure.correlation.as_ref().map(|(sides, states)| Correlation {
            torus: Torus::new(sides, *states),
            spins: experiment.model.site_states().is_none(),
            zero: Vec::with_capacity(looks),
            longest: vec![Vec::with_capacity(looks); sides.len()],
            along: vec![vec![0.0; sides.iter().map(|side| side / 2).sum()]; count],
        });
        let blocks = measure.renormalisation.as_ref().map(|levels| {
            let layout = Layout { levels: levels.len() };
            let seed = stream.clone().random();
            Blocks {
                layout,
                levels: levels.clone(),
                coin: Coin { stream: rng::stream(seed, "block spins", "", 0), bits: 0, left: 0 },
                rows: vec![vec![0.0; layout.width()]; count],
                last: Vec::new(),
            }
        });
        Self { every: measure.every, sweeps: 0, looks: Bins { looks, count, done: 0 }, correlation, blocks }
    }

    /// Called after each measured sweep.
    pub(in crate::kinds::sweep) fn observe(&mut self, chain: &dyn Chain) {
        self.sweeps += 1;
        let asked = self.correlation.is_some() || self.blocks.is_some();
        if !asked || !self.sweeps.is_multiple_of(self.every) || self.looks.done == self.looks.looks {
            return;
        }
        let (bin, share) = self.looks.at();
        let state = chain.state();
        if let Some(correlation) = &mut self.correlation {
            let number = |spin: &i8| if correlation.spins { u8::from(*spin < 0) } else { *spin as u8 };
            let seen = correlation.torus.observe(&state.iter().map(number).collect::<Vec<u8>>());
            correlation.zero.push(seen.zero);
            correlation.longest.iter_mut().zip(&seen.longest).for_each(|(all, value)| all.push(*value));
            let values = seen.along.iter().flatten();
            correlation.along[bin].iter_mut().zip(values).for_each(|(mean, value)| *mean += value / share);
        }
        if let Some(blocks) = &mut self.blocks {
            blocks.observe(state, bin, share);
        }
        self.looks.done += 1;
    }

    /// Adds what was measured to the record of the chain: the series `structure_0` (S(0)) and `structure_axis_1` … (S(2π/L) along
    /// each axis), one value per look; `two_point`, stretches × distances; `renormalisation`, stretches × means as
    /// [`Layout`] has them; `blocks_0` … the spins of the last look and their blocks; and `look_stride`, sweeps from look to look.
    pub(in crate::kinds::sweep) fn store(self, record: &mut Record) {
        let mut put = |name: &str, rows: Vec<Vec<f64>>| {
            let shape = vec![rows.len(), rows.first().map_or(0, Vec::len)];
            record.put_array(name, shape, rows.concat());
        };
        let asked = self.correlation.is_some() || self.blocks.is_some();
        if let Some(correlation) = self.correlation {
            put("two_point", correlation.along);
            record.put_series("structure_0", correlation.zero);
            for (axis, values) in correlation.longest.into_iter().enumerate() {
                record.put_series(&format!("structure_axis_{}", axis + 1), values);
            }
        }
        if let Some(blocks) = self.blocks {
            let shape = vec![blocks.rows.len(), blocks.layout.width()];
            record.put_array("renormalisation", shape, blocks.rows.concat());
            let (rows, columns) = blocks.levels[0];
            if rows.max(columns) <= LARGEST_PICTURE {
                for (level, (spins, (rows, columns))) in blocks.last.iter().zip(&blocks.levels).enumerate() {
                    let spins = spins.iter().map(|spin| f64::from(*spin)).collect();
                    record.put_array(&format!("blocks_{level}"), vec![*rows, *columns], spins);
                }
            }
        }
        if asked {
            record.scalars.insert("look_stride".to_owned(), self.every as f64);
        }
    }
}

impl Blocks {
    fn observe(&mut self, state: Vec<i8>, bin: usize, share: f64) {
        self.last.clear();
        self.last.push(state);
        for level in 1..self.levels.len() {
            let finer = &self.last[level - 1];
            let coarser = blocks::blocked(finer, self.levels[level - 1].1, || self.coin.toss());
            self.last.push(coarser);
        }
        let interactions: Vec<_> = self
            .last
            .iter()
            .zip(&self.levels)
            .map(|(spins, (_, columns))| blocks::operators(spins, *columns))
            .collect();
        let mut row = Vec::with_capacity(self.layout.width());
        self.layout.extend(&interactions, &mut row);
        self.rows[bin].iter_mut().zip(&row).for_each(|(mean, value)| *mean += value / share);
    }
}

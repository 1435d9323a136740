//! The radial distribution function, block by block of a chain.
//!
//! g(r) of a shell is the number of pairs whose distance lies in it over that of particles that do not feel each other, N(N−1)/2 · V_shell/V, so that
//! these have g = 1 at any N. (The number density of others about a particle is ρ (1 − 1/N) g.)

use super::super::analyse::{FEWEST_EVENTS, Observable, slices};
use super::FluidExperiment;
use crate::exact::pair::TwoParticles;
use crate::models::fluid::Fluid;
use crate::record::{Record, Table};
use crate::samplers::fluid::Particles;
use crate::statistics::jackknife::Blocks;

/// Most blocks of a chain whose g(r) is kept.
pub(super) const MOST_BLOCKS: usize = 32;
/// The width of a shell that is aimed at, in units of σ.
const WIDTH: f64 = 0.025;
/// Fewest and most shells.
const SHELLS: (usize, usize) = (40, 400);
/// Pairs that are looked at per sweep and particle, on average: few beside those that a sweep looks at.
const PAIRS: usize = 25;
/// Fewest sweeps from one look to the next.
const LEAST_STRIDE: usize = 4;
/// The record's name of it.
pub(super) const NAME: &str = "radial_distribution";

/// The number of shells of equal width from 0 to L/2.
pub(super) fn shells(fluid: &Fluid) -> usize {
    (libm::round(0.5 * fluid.side() / WIDTH) as usize).clamp(SHELLS.0, SHELLS.1)
}

/// The ends of a shell.
fn ends(fluid: &Fluid, shell: usize) -> (f64, f64) {
    let width = 0.5 * fluid.side() / shells(fluid) as f64;
    (shell as f64 * width, (shell + 1) as f64 * width)
}

/// Sweeps from one look to the next: so many that looks, of N²/2 pairs each, cost of the order of N per sweep.
pub(super) fn stride(fluid: &Fluid) -> usize {
    fluid.particles.div_ceil(2 * PAIRS).max(LEAST_STRIDE)
}

/// Pairs counted by shells and blocks while a chain is measured.
pub(super) struct Structure {
    fluid: Fluid,
    stride: usize,
    sweeps: usize,
    looks: usize,
    /// Counts of each block, and the looks at each.
    blocks: Vec<(f64, Vec<f64>)>,
}

impl Structure {
    /// Nothing counted yet, of a chain of so many measured sweeps.
    pub(super) fn new(fluid: &Fluid, sweeps: usize) -> Self {
        let stride = stride(fluid).min(sweeps.max(1));
        let blocks = (sweeps / stride).clamp(1, MOST_BLOCKS);
        let empty = (0.0, vec![0.0; shells(fluid)]);
        Self { fluid: *fluid, stride, sweeps: 0, looks: sweeps / stride, blocks: vec![empty; blocks] }
    }

    /// After each measured sweep.
    pub(super) fn observe(&mut self, chain: &Particles<'_>) {
        self.sweeps += 1;
        let look = self.sweeps / self.stride;
        if !self.sweeps.is_multiple_of(self.stride) || look > self.looks {
            return;
        }
        let block = (look - 1) * self.blocks.len() / self.looks.max(1);
        let (looks, counts) = &mut self.blocks[block];
        *looks += 1.0;
        chain.count_pairs(ends(&self.fluid, 0).1, counts);
    }

    /// Adds g(r) of each block to a record, a row for each.
    pub(super) fn store(&self, record: &mut Record) {
        let fluid = &self.fluid;
        let pairs = 0.5 * fluid.particles as f64 * (fluid.particles - 1) as f64;
        let uniform: Vec<f64> = (0..shells(fluid))
            .map(|shell| {
                let (inner, outer) = ends(fluid, shell);
                pairs * (fluid.ball(outer) - fluid.ball(inner)) / fluid.volume()
            })
            .collect();
        let row = |(looks, counts): &(f64, Vec<f64>)| -> Vec<f64> {
            counts.iter().zip(&uniform).map(|(count, uniform)| count / (looks.max(1.0) * uniform)).collect()
        };
        let values = self.blocks.iter().flat_map(row).collect();
        record.put_array(NAME, vec![self.blocks.len(), uniform.len()], values);
    }
}

/// g(r) with the errors of a jackknife over the blocks of all replicas, and of two particles what it is exactly.
pub(super) fn table(experiment: &FluidExperiment, records: &[Record]) -> Table {
    let mut table = Table::new(
        NAME,
        "The radial distribution function g(r), averaged over shells about the distances given up to half the box: pairs there over those that particles which do \
         not feel each other would have; exact for two particles.",
        &["r", "g", "std_error", "exact"],
    );
    let fluid = &experiment.fluid;
    let exact = TwoParticles::new(fluid, experiment.temperature);
    let count = shells(fluid);
    for shell in 0..count {
        let replica = |record: &Record| -> Vec<f64> {
            record.series(NAME).chunks_exact(count).map(|row| row[shell]).collect()
        };
        let column = Observable::new(records.iter().map(replica).collect());
        let blocks = Blocks::new(&[slices(&column.replicas)], column.tau());
        let found = blocks
            .filter(|blocks| blocks.active() >= FEWEST_EVENTS)
            .and_then(|blocks| blocks.estimate(|means| means[0]));
        let (inner, outer) = ends(fluid, shell);
        table.push(vec![
            (0.5 * (inner + outer)).into(),
            found.map_or(column.mean(), |found| found.value).into(),
            found.map(|found| found.std_error).filter(|error| *error > 0.0).into(),
            exact.map(|exact| exact.radial_distribution(inner, outer)).into(),
        ]);
    }
    table
}

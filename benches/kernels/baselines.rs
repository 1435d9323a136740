//! What the inner loops are compared with: each method written plainly and well, as a textbook would, on the same
//! generator and the same data, without the tricks of the library.

use gibbs::models::spins::PairModel;
use gibbs::rng::Stream;
use rand::{Rng, RngExt};

fn random_spins(count: usize, stream: &mut Stream) -> Vec<i8> {
    (0..count).map(|_| if stream.random() { 1 } else { -1 }).collect()
}

/// Metropolis on the L × L torus: a random site, its four neighbours, a table of five acceptance probabilities, and a
/// random number only where it is needed.
pub(crate) struct SquareMetropolis {
    size: usize,
    state: Vec<i8>,
    table: [f64; 9],
    energy: i64,
    stream: Stream,
}

impl SquareMetropolis {
    pub(crate) fn new(size: usize, temperature: f64, mut stream: Stream) -> Self {
        let table = std::array::from_fn(|index| libm::exp(-2.0 * (index as f64 - 4.0) / temperature));
        Self { size, state: random_spins(size * size, &mut stream), table, energy: 0, stream }
    }

    /// One sweep; returns the number of updates.
    pub(crate) fn sweep(&mut self) -> f64 {
        let size = self.size;
        for _ in 0..size * size {
            let (row, column) = (self.stream.random_range(0..size), self.stream.random_range(0..size));
            let up = if row == 0 { size - 1 } else { row - 1 };
            let down = if row + 1 == size { 0 } else { row + 1 };
            let left = if column == 0 { size - 1 } else { column - 1 };
            let right = if column + 1 == size { 0 } else { column + 1 };
            let site = row * size + column;
            let sum = self.state[up * size + column]
                + self.state[down * size + column]
                + self.state[row * size + left]
                + self.state[row * size + right];
            let gain = self.state[site] * sum;
            if gain <= 0 || self.stream.random::<f64>() < self.table[(gain + 4) as usize] {
                self.state[site] = -self.state[site];
                self.energy += 2 * i64::from(gain);
            }
        }
        (size * size) as f64
    }
}

/// Metropolis on the L × L torus as fast as one spin at a time goes: sites in the order of memory (which forgoes
/// ergodicity), a table of acceptance probabilities, and xoshiro256++, asked only where the energy would rise. Code without
/// branches and with whole-numbered thresholds was tried and is slower by a tenth.
pub(crate) struct ScanMetropolis {
    size: usize,
    state: Vec<i8>,
    table: [f64; 5],
    random: [u64; 4],
}

impl ScanMetropolis {
    pub(crate) fn new(size: usize, temperature: f64, mut stream: Stream) -> Self {
        let table = std::array::from_fn(|gain| libm::exp(-2.0 * gain as f64 / temperature));
        let state = random_spins(size * size, &mut stream);
        Self { size, state, table, random: std::array::from_fn(|_| stream.next_u64()) }
    }

    /// One sweep; returns the number of updates.
    pub(crate) fn sweep(&mut self) -> f64 {
        let (size, state, table) = (self.size, &mut self.state[..], &self.table);
        let mut random = self.random;
        for row in 0..size {
            let up = if row == 0 { size - 1 } else { row - 1 } * size;
            let down = if row + 1 == size { 0 } else { row + 1 } * size;
            let here = row * size;
            for column in 0..size {
                let left = if column == 0 { size - 1 } else { column - 1 };
                let right = if column + 1 == size { 0 } else { column + 1 };
                let sum =
                    state[up + column] + state[down + column] + state[here + left] + state[here + right];
                let gain = state[here + column] * sum;
                if gain <= 0 || uniform(&mut random) < table[gain as usize] {
                    state[here + column] = -state[here + column];
                }
            }
        }
        self.random = random;
        (size * size) as f64
    }
}

/// Metropolis on the L × L torus for sites of q states, one at a time in the order of memory: a table of acceptances by a key
/// of the state, the proposed one and the four neighbours, and xoshiro256++.
pub(crate) struct ScanSites<K> {
    size: usize,
    states: u8,
    key: K,
    table: Vec<f64>,
    state: Vec<u8>,
    random: [u64; 4],
}

impl<K: Fn(u8, u8, [u8; 4]) -> usize> ScanSites<K> {
    /// From a random state; `costs` are those of the keys.
    pub(crate) fn new(
        size: usize,
        states: u8,
        key: K,
        costs: &[f64],
        temperature: f64,
        mut stream: Stream,
    ) -> Self {
        let table = costs.iter().map(|cost| libm::exp(-cost.max(0.0) / temperature)).collect();
        let state = (0..size * size).map(|_| stream.random_range(0..states)).collect();
        Self { size, states, key, table, state, random: std::array::from_fn(|_| stream.next_u64()) }
    }

    /// One sweep; returns the number of updates.
    pub(crate) fn sweep(&mut self) -> f64 {
        let (size, state) = (self.size, &mut self.state[..]);
        let mut random = self.random;
        for row in 0..size {
            let up = if row == 0 { size - 1 } else { row - 1 } * size;
            let down = if row + 1 == size { 0 } else { row + 1 } * size;
            let here = row * size;
            for column in 0..size {
                let left = if column == 0 { size - 1 } else { column - 1 };
                let right = if column + 1 == size { 0 } else { column + 1 };
                let near =
                    [state[up + column], state[down + column], state[here + left], state[here + right]];
                let own = state[here + column];
                let to = if self.states == 2 {
                    own ^ 1
                } else {
                    let other = (uniform(&mut random) * f64::from(self.states - 1)) as u8;
                    other + u8::from(other >= own)
                };
                let limit = self.table[(self.key)(own, to, near)];
                if limit >= 1.0 || uniform(&mut random) < limit {
                    state[here + column] = to;
                }
            }
        }
        self.random = random;
        (size * size) as f64
    }
}

/// Swendsen and Wang on the L × L torus: a random number for each bond between equal spins, and union by the lesser root.
pub(crate) struct SquareSwendsenWang {
    size: usize,
    keep: f64,
    state: Vec<i8>,
    parents: Vec<u32>,
    random: [u64; 4],
}

fn root(parents: &mut [u32], mut site: u32) -> u32 {
    while parents[site as usize] != site {
        let above = parents[parents[site as usize] as usize];
        parents[site as usize] = above;
        site = above;
    }
    site
}

impl SquareSwendsenWang {
    pub(crate) fn new(size: usize, temperature: f64, mut stream: Stream) -> Self {
        let state = random_spins(size * size, &mut stream);
        let random = std::array::from_fn(|_| stream.next_u64());
        Self { size, keep: -libm::expm1(-2.0 / temperature), state, parents: vec![0; size * size], random }
    }

    /// One sweep; returns the number of sites.
    pub(crate) fn sweep(&mut self) -> f64 {
        let size = self.size;
        self.parents.iter_mut().enumerate().for_each(|(site, parent)| *parent = site as u32);
        for row in 0..size {
            let down = if row + 1 == size { 0 } else { row + 1 } * size;
            for column in 0..size {
                let right = if column + 1 == size { 0 } else { column + 1 };
                let site = row * size + column;
                for other in [row * size + right, down + column] {
                    let bond = self.state[site] == self.state[other];
                    if bond && uniform(&mut self.random) < self.keep {
                        let a = root(&mut self.parents, site as u32);
                        let b = root(&mut self.parents, other as u32);
                        self.parents[a.max(b) as usize] = a.min(b);
                    }
                }
            }
        }
        for site in 0..size * size {
            // A root comes before the other sites of its cluster, which take its new sign.
            let root = root(&mut self.parents, site as u32) as usize;
            self.state[site] = if root != site {
                self.state[root]
            } else if uniform(&mut self.random) < 0.5 {
                1
            } else {
                -1
            };
        }
        (size * size) as f64
    }
}

/// A number in [0, 1) by xoshiro256++.
#[inline(always)]
fn uniform(s: &mut [u64; 4]) -> f64 {
    let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
    let shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3].rotate_left(45);
    (result >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Metropolis on any graph: the local field is summed for each proposal.
pub(crate) struct GraphMetropolis<'a> {
    pairs: &'a PairModel,
    temperature: f64,
    state: Vec<i8>,
    energy: f64,
    stream: Stream,
}

impl<'a> GraphMetropolis<'a> {
    pub(crate) fn new(pairs: &'a PairModel, temperature: f64, mut stream: Stream) -> Self {
        let state = random_spins(pairs.spins(), &mut stream);
        Self { pairs, temperature, state, energy: 0.0, stream }
    }

    /// One sweep; returns the number of updates.
    pub(crate) fn sweep(&mut self) -> f64 {
        for _ in 0..self.state.len() {
            let i = self.stream.random_range(0..self.state.len());
            let cost =
                2.0 * self.pairs.scale * f64::from(self.state[i]) * self.pairs.local_field(&self.state, i);
            if cost <= 0.0 || self.stream.random::<f64>() < libm::exp(-cost / self.temperature) {
                self.state[i] = -self.state[i];
                self.energy += cost;
            }
        }
        self.state.len() as f64
    }
}

/// Wolff clusters on the L × L torus with a growing stack.
pub(crate) struct SquareWolff {
    size: usize,
    keep: f64,
    state: Vec<i8>,
    stack: Vec<usize>,
    stream: Stream,
}

impl SquareWolff {
    pub(crate) fn new(size: usize, temperature: f64, mut stream: Stream) -> Self {
        let state = random_spins(size * size, &mut stream);
        Self { size, keep: -libm::expm1(-2.0 / temperature), state, stack: Vec::new(), stream }
    }

    /// Flips one cluster; returns its size.
    pub(crate) fn cluster(&mut self) -> f64 {
        let size = self.size;
        let seed = self.stream.random_range(0..size * size);
        let spin = self.state[seed];
        self.state[seed] = -spin;
        self.stack.push(seed);
        let mut flipped = 0;
        while let Some(site) = self.stack.pop() {
            flipped += 1;
            let (row, column) = (site / size, site % size);
            let neighbours = [
                (row + size - 1) % size * size + column,
                (row + 1) % size * size + column,
                row * size + (column + size - 1) % size,
                row * size + (column + 1) % size,
            ];
            for other in neighbours {
                if self.state[other] == spin && self.stream.random::<f64>() < self.keep {
                    self.state[other] = -spin;
                    self.stack.push(other);
                }
            }
        }
        f64::from(flipped)
    }
}

/// Simulated annealing that sums the local field for each proposal and calls the exponential for each climb. Returns the
/// least energy after a sweep.
pub(crate) fn anneal(pairs: &PairModel, temperatures: &[f64], stream: &mut Stream) -> f64 {
    let mut state = random_spins(pairs.spins(), stream);
    let mut energy = pairs.energy(&state);
    let mut best = energy;
    for temperature in temperatures {
        for i in 0..state.len() {
            let cost = 2.0 * pairs.scale * f64::from(state[i]) * pairs.local_field(&state, i);
            if cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / temperature) {
                state[i] = -state[i];
                energy += cost;
            }
        }
        best = best.min(energy);
    }
    best
}

/// Σ w, Σ w E and Σ w E² with w = e^{−E/T} over 2^bits states of a model (the other spins up), in Gray-code order: a state
/// costs one local field and one exponential.
pub(crate) fn gray_code_sums(pairs: &PairModel, bits: usize, temperature: f64) -> [f64; 3] {
    let mut state = vec![1_i8; pairs.spins()];
    let mut energy = pairs.energy(&state);
    let mut sums = [0.0; 3];
    for code in 1..=1_u64 << bits {
        let weight = libm::exp(-energy / temperature);
        sums = [sums[0] + weight, sums[1] + weight * energy, sums[2] + weight * energy * energy];
        let flip = code.trailing_zeros() as usize;
        energy += 2.0 * pairs.scale * f64::from(state[flip]) * pairs.local_field(&state, flip);
        state[flip] = -state[flip];
    }
    sums
}

/// An RBM trained by CD-1 or PCD-1 with dense loops over all units, on or off.
pub(crate) struct DenseMachine {
    visible: usize,
    hidden: usize,
    /// Row-major, visible × hidden.
    weights: Vec<f64>,
    visible_bias: Vec<f64>,
    hidden_bias: Vec<f64>,
    /// Visible states of the persistent chains; empty for CD.
    chains: Vec<Vec<f64>>,
    stream: Stream,
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl DenseMachine {
    /// A machine with small random weights; `chains` persistent chains make it PCD.
    pub(crate) fn new(visible: usize, hidden: usize, chains: Option<usize>, mut stream: Stream) -> Self {
        let weights = (0..visible * hidden).map(|_| 0.2 * stream.random::<f64>() - 0.1).collect();
        let chains = vec![vec![0.0; visible]; chains.unwrap_or(0)];
        Self {
            visible,
            hidden,
            weights,
            visible_bias: vec![0.0; visible],
            hidden_bias: vec![0.0; hidden],
            chains,
            stream,
        }
    }

    /// One update per batch of row-major `patterns`.
    pub(crate) fn epoch(&mut self, patterns: &[f64], batch: usize, rate: f64) {
        for batch in patterns.chunks(batch * self.visible) {
            let rows: Vec<&[f64]> = batch.chunks(self.visible).collect();
            let mut slope = vec![0.0; self.weights.len()];
            let mut slope_visible = vec![0.0; self.visible];
            let mut slope_hidden = vec![0.0; self.hidden];
            let mut add = |v: &[f64], h: &[f64], share: f64| {
                for ((v, slope), row) in v.iter().zip(&mut slope_visible).zip(slope.chunks_exact_mut(h.len()))
                {
                    *slope += share * v;
                    row.iter_mut().zip(h).for_each(|(slope, h)| *slope += share * v * h);
                }
                for (slope, h) in slope_hidden.iter_mut().zip(h) {
                    *slope += share * h;
                }
            };
            let share = 1.0 / rows.len() as f64;
            for row in &rows {
                let h = self.hidden_means(row);
                add(row, &h, share);
                if self.chains.is_empty() {
                    let v = self.step(&h);
                    add(&v, &self.hidden_means(&v), -share);
                }
            }
            for k in 0..self.chains.len() {
                let h = self.hidden_means(&self.chains[k]);
                let v = self.step(&h);
                add(&v, &self.hidden_means(&v), -1.0 / self.chains.len() as f64);
                self.chains[k] = v;
            }
            self.weights.iter_mut().zip(&slope).for_each(|(w, s)| *w += rate * s);
            self.visible_bias.iter_mut().zip(&slope_visible).for_each(|(b, s)| *b += rate * s);
            self.hidden_bias.iter_mut().zip(&slope_hidden).for_each(|(b, s)| *b += rate * s);
        }
    }

    /// p(h_j = 1 | v).
    fn hidden_means(&self, v: &[f64]) -> Vec<f64> {
        let mut fields = self.hidden_bias.clone();
        for (i, v) in v.iter().enumerate() {
            for (field, weight) in fields.iter_mut().zip(&self.weights[i * self.hidden..]) {
                *field += v * weight;
            }
        }
        fields.iter().map(|field| sigmoid(*field)).collect()
    }

    /// Draws h from its means, then v given h.
    fn step(&mut self, means: &[f64]) -> Vec<f64> {
        let h: Vec<f64> = means.iter().map(|p| self.coin(*p)).collect();
        (0..self.visible)
            .map(|i| {
                let row = &self.weights[i * self.hidden..][..self.hidden];
                let field: f64 = row.iter().zip(&h).map(|(w, h)| w * h).sum();
                sigmoid(self.visible_bias[i] + field)
            })
            .collect::<Vec<f64>>()
            .into_iter()
            .map(|p| self.coin(p))
            .collect()
    }

    fn coin(&mut self, probability: f64) -> f64 {
        f64::from(u8::from(self.stream.random::<f64>() < probability))
    }
}

//! Sites with a few states each, joined in pairs: the common form of everything that elimination and enumeration sum.

use crate::models::spins::PairModel;

/// N sites of q states each with E(x) = offset + Σ_i e_i(x_i) + Σ_⟨ij⟩ e_ij(x_i, x_j), and an order parameter
/// M(x) = Σ_i m_i(x_i).
///
/// Every site has the same number of states; each pair of sites is joined by one bond at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Number of states q of a site, at least 1.
    pub states: usize,
    /// Energies e_i(a), a row of q for each site.
    pub site_energies: Vec<f64>,
    /// What the states of a site add to the order parameter, a row of q for each site.
    pub order: Vec<f64>,
    /// The bonds.
    pub bonds: Vec<Bond>,
    /// Energy added to all states.
    pub offset: f64,
    /// Whether E(x) stays the same when all sites go from their state a to a + 1 mod q, so that one site may be held in
    /// its first state and Z multiplied by q.
    pub symmetric: bool,
}

/// A bond between two sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Bond {
    /// The sites it joins, the lesser first.
    pub ends: (usize, usize),
    /// Energies e_ij(a, b), q × q, row by row: the state of the first end counts the rows.
    pub energies: Vec<f64>,
}

impl Network {
    /// Number of sites N.
    pub fn sites(&self) -> usize {
        self.site_energies.len() / self.states
    }

    /// The energy of a configuration of N states, each below q.
    pub fn energy(&self, configuration: &[u8]) -> f64 {
        let state = |site: usize| usize::from(configuration[site]);
        let sites: f64 = (0..self.sites()).map(|i| self.site_energies[i * self.states + state(i)]).sum();
        let bonds: f64 = self
            .bonds
            .iter()
            .map(|bond| bond.energies[state(bond.ends.0) * self.states + state(bond.ends.1)])
            .sum();
        self.offset + sites + bonds
    }

    /// The sites joined to each site, with the index of the bond.
    pub fn adjacency(&self) -> Vec<Vec<(usize, usize)>> {
        let mut adjacency = vec![Vec::new(); self.sites()];
        for (index, bond) in self.bonds.iter().enumerate() {
            adjacency[bond.ends.0].push((bond.ends.1, index));
            adjacency[bond.ends.1].push((bond.ends.0, index));
        }
        adjacency
    }

    /// The network without site `site`, which is held in its first state.
    pub fn pinned(&self, site: usize) -> Self {
        let q = self.states;
        let renumbered = |other: usize| other - usize::from(other > site);
        let mut site_energies = self.site_energies.clone();
        let mut bonds = Vec::with_capacity(self.bonds.len());
        for bond in &self.bonds {
            let (i, j) = bond.ends;
            if i == site {
                (0..q).for_each(|b| site_energies[j * q + b] += bond.energies[b]);
            } else if j == site {
                (0..q).for_each(|a| site_energies[i * q + a] += bond.energies[a * q]);
            } else {
                bonds.push(Bond { ends: (renumbered(i), renumbered(j)), energies: bond.energies.clone() });
            }
        }
        let held = site * q..(site + 1) * q;
        let offset = self.offset + site_energies[held.start];
        site_energies.drain(held.clone());
        let mut order = self.order.clone();
        order.drain(held);
        Self { states: q, site_energies, order, bonds, offset, symmetric: false }
    }
}

impl From<&PairModel> for Network {
    /// State 0 is s = +1 and state 1 is s = −1; M = Σ s.
    fn from(pairs: &PairModel) -> Self {
        let energy = |bracket: f64| -pairs.scale * bracket;
        let bonds = (0..pairs.spins())
            .flat_map(|i| pairs.row(i).map(move |(j, coupling)| (i, j, coupling)))
            .filter(|(i, j, _)| i < j)
            .map(|(i, j, coupling)| {
                let (like, unlike) = (energy(coupling), energy(-coupling));
                Bond { ends: (i, j), energies: vec![like, unlike, unlike, like] }
            })
            .collect();
        Self {
            states: 2,
            site_energies: pairs.fields.iter().flat_map(|field| [energy(*field), energy(-*field)]).collect(),
            order: [1.0, -1.0].repeat(pairs.spins()),
            bonds,
            offset: pairs.offset,
            symmetric: pairs.fields.iter().all(|field| *field == 0.0),
        }
    }
}

//! The bonds of a lattice with their couplings, uniform or drawn at random.

use super::spec::Disorder;
use crate::lattices::{Geometry, Lattice};
use crate::models::spins::PairModel;
use crate::rng::{self, Stream};
use rand::RngExt;

/// A lattice with couplings and a uniform field: everything that decides its pair model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LatticeModel {
    pub(super) lattice: Lattice,
    /// The coupling J of a bond in each direction of the lattice, before the complete graph's normalisation.
    pub(super) couplings: Vec<f64>,
    /// The field h on every spin.
    pub(super) field: f64,
    /// The distribution and the seed of random bonds.
    pub(super) disorder: Option<(Disorder, u64)>,
}

impl LatticeModel {
    /// The coupling J of all bonds, when they are alike.
    pub(super) fn coupling(&self) -> Option<f64> {
        let first = *self.couplings.first()?;
        self.couplings.iter().all(|coupling| *coupling == first).then_some(first)
    }

    /// The coupling of a bond of strength J; on the complete graph J/N (Curie–Weiss) or, with disorder, J/√N
    /// (Sherrington and Kirkpatrick 1975, doi:10.1103/PhysRevLett.35.1792), so that energies grow like N.
    fn unit(&self, coupling: f64) -> f64 {
        let spins = self.lattice.sites() as f64;
        match (self.lattice.geometry(), self.disorder) {
            (Geometry::Complete, None) => coupling / spins,
            (Geometry::Complete, Some(_)) => coupling / libm::sqrt(spins),
            _ => coupling,
        }
    }

    /// The strengths of the bonds in the lattice's order, in units of [`LatticeModel::unit`].
    fn strengths(&self) -> Box<dyn Iterator<Item = f64>> {
        let Some((disorder, seed)) = self.disorder else { return Box::new(std::iter::repeat(1.0)) };
        let mut stream: Stream = rng::stream(seed, "disorder", &self.lattice.identity().to_string(), 0);
        match disorder {
            Disorder::PmJ => {
                Box::new(std::iter::repeat_with(move || if stream.random() { 1.0 } else { -1.0 }))
            }
            Disorder::Gaussian => Box::new(std::iter::repeat_with(move || rng::standard_normal(&mut stream))),
        }
    }

    /// The pair model. Without a field, the common strength goes into its `scale`, so that its couplings stay whole
    /// numbers for any J.
    pub(super) fn pair_model(&self) -> PairModel {
        let (factors, scale) = match self.coupling().map(|coupling| self.unit(coupling)) {
            Some(unit) if self.field == 0.0 && unit != 0.0 => {
                (vec![unit.signum(); self.couplings.len()], unit.abs())
            }
            _ => (self.couplings.iter().map(|coupling| self.unit(*coupling)).collect(), 1.0),
        };
        let factors = factors.as_slice();
        let bonds = || {
            self.lattice
                .directed_bonds()
                .zip(self.strengths())
                .map(move |((i, j, direction), strength)| (i, j, factors[direction] * strength))
        };
        PairModel { scale, ..PairModel::from_bonds(bonds, vec![self.field; self.lattice.sites()]) }
    }
}

/// Bytes that a task may need for `spins` spins with `bonds` bonds: the pair model with the tables that samplers keep
/// beside it.
pub(super) fn memory(spins: usize, bonds: usize) -> f64 {
    37.0 * spins as f64 + 40.0 * bonds as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(geometry: Geometry, side: usize, disorder: Option<(Disorder, u64)>) -> LatticeModel {
        let sides = vec![side; geometry.dimension()];
        let couplings = vec![1.0; geometry.directions()];
        LatticeModel { lattice: Lattice::new(geometry, &sides, true), couplings, field: 0.0, disorder }
    }

    #[test]
    fn disorder_depends_on_its_seed_and_on_the_lattice_alone() {
        let glass = model(Geometry::Square, 6, Some((Disorder::PmJ, 3)));
        let bonds = glass.pair_model();
        assert_eq!(bonds, glass.pair_model());
        assert!(bonds.couplings.iter().all(|coupling| coupling.abs() == 1.0));
        assert!(bonds.is_integer());
        assert_ne!(bonds, model(Geometry::Square, 6, Some((Disorder::PmJ, 4))).pair_model());
        let in_field = LatticeModel { field: 0.5, ..glass }.pair_model();
        assert_eq!(in_field.couplings, bonds.couplings);
        assert!(in_field.fields.iter().all(|field| *field == 0.5));
    }

    #[test]
    fn gaussian_bonds_of_the_complete_graph_have_variance_one_over_n() {
        let glass = model(Geometry::Complete, 200, Some((Disorder::Gaussian, 1))).pair_model();
        let strengths = glass.couplings.iter().map(|coupling| coupling * glass.scale);
        let variance =
            strengths.map(|coupling| coupling * coupling).sum::<f64>() / glass.couplings.len() as f64;
        // 19 900 bonds: the variance has relative error √(2/19900) = 1 %.
        assert!((variance * 200.0 - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn whole_couplings_survive_any_strength() {
        let antiferromagnet =
            LatticeModel { couplings: vec![-0.3; 2], ..model(Geometry::Square, 4, None) }.pair_model();
        assert!(antiferromagnet.is_integer());
        assert!((antiferromagnet.energy(&[1; 16]) - 0.3 * 32.0).abs() < 1e-12);
        let curie_weiss = model(Geometry::Complete, 10, None).pair_model();
        assert!((curie_weiss.energy(&[1; 10]) + 4.5).abs() < 1e-12);
    }
}

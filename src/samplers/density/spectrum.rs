//! The bounds of the energy of a model, the steps it comes in, and the units in which a walker reckons.

use super::levels::{self, Levels};
use crate::models::site_states::SiteStates;
use crate::models::spins::PairModel;

/// Intervals per mean size of what a bond adds to the energy, unless their number is given.
const FINENESS: f64 = 2.0;
/// Bounds of that number.
const BINS: (f64, f64) = (64.0, 65_536.0);

/// How [`super::walkers::Spins`] reckons.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpinScale {
    /// A flip of spin i costs s_i (Σ J s + h) times this, in units.
    pub(super) flip: f64,
    /// The energy at which units are counted from, and the energy of one.
    pub(super) zero: f64,
    pub(super) unit: f64,
}

/// How [`super::walkers::Sites`] reckons: what J, h, c, v and u are multiplied by.
#[derive(Debug, Clone, Copy)]
pub(super) struct SiteScale {
    pub(super) couplings: f64,
    pub(super) fields: f64,
    pub(super) alone: f64,
    pub(super) along: f64,
    pub(super) likeness: f64,
    pub(super) zero: f64,
    pub(super) unit: f64,
}

/// Bounds of the energy, and the mean size of what a bond adds.
struct Bounds {
    lowest: f64,
    highest: f64,
    bond: f64,
}

impl Bounds {
    /// Intervals that cover the window, as far as the bounds do, where they overlap at all.
    fn bins(&self, window: (f64, f64), bins: Option<usize>) -> Levels {
        // A little more than the bounds, whose ends may be reached but for rounding.
        let margin = 1e-9 * (self.highest - self.lowest).max(f64::MIN_POSITIVE);
        let low = window.0.max(self.lowest - margin);
        // A window beyond the bounds is left for the search of a state to refuse.
        let high = window.1.min(self.highest + margin).max(low + margin);
        let wanted = FINENESS * (high - low) / self.bond.max(f64::MIN_POSITIVE);
        let count = bins.unwrap_or_else(|| wanted.clamp(BINS.0, BINS.1) as usize);
        Levels::bins((low, high), count.max(2), (self.lowest, self.highest))
    }
}

/// The levels of Ising spins in a window, and how to reckon in them.
///
/// With couplings and fields that are multiples of 1/f, E = E_min + 2 scale/f · k, k a whole number, counted from the bound
/// E_min = offset − |scale| (Σ|J| + Σ|h|): a flip changes the bracket by 2 s (Σ J s + h).
pub(super) fn of_spins(pairs: &PairModel, window: (f64, f64), bins: Option<usize>) -> (Levels, SpinScale) {
    let bonds = pairs.couplings.iter().map(|coupling| coupling.abs()).sum::<f64>() / 2.0;
    let bracket = bonds + pairs.fields.iter().map(|field| field.abs()).sum::<f64>();
    let most = pairs.scale.abs() * bracket;
    let lowest = pairs.offset - most;
    let values: Vec<f64> = pairs.couplings.iter().chain(&pairs.fields).copied().collect();
    let factor = levels::factor(&values).filter(|factor| levels::few(bracket * factor) && bins.is_none());
    if let Some(factor) = factor {
        let unit = 2.0 * pairs.scale.abs() / factor;
        let steps = libm::round(bracket * factor);
        let flip = factor * pairs.scale.signum();
        return (Levels::exact(lowest, unit, steps as usize), SpinScale { flip, zero: lowest, unit });
    }
    let terms =
        pairs.couplings.len() as f64 / 2.0 + pairs.fields.iter().filter(|h| **h != 0.0).count() as f64;
    let bounds = Bounds { lowest, highest: pairs.offset + most, bond: most / terms.max(1.0) };
    (bounds.bins(window, bins), SpinScale { flip: 2.0 * pairs.scale, zero: 0.0, unit: 1.0 })
}

/// The levels of sites of a few states in a window, and how to reckon in them.
pub(super) fn of_sites(
    (pairs, sites): (&PairModel, &SiteStates),
    window: (f64, f64),
    bins: Option<usize>,
) -> (Levels, SiteScale) {
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    // What a bond of coupling 1 adds, and a site with the field h.
    let (least, greatest) = ends(&mut sites.likeness.iter().copied());
    let (mut lowest, mut highest, mut size) = (pairs.offset, pairs.offset, 0.0);
    let mut terms = 0.0_f64;
    for coupling in &pairs.couplings {
        let (a, b) = (-0.5 * pairs.scale * coupling * least, -0.5 * pairs.scale * coupling * greatest);
        lowest += a.min(b);
        highest += a.max(b);
        size += (a - b).abs();
        terms += 0.5;
    }
    for field in &pairs.fields {
        let energy = |a: usize| sites.alone[a] - pairs.scale * field * sites.along[a];
        let (low, high) = ends(&mut (0..sites.states()).map(energy));
        lowest += low;
        highest += high;
        size += high - low;
        terms += f64::from(u8::from(high > low));
    }
    if let Some((levels, scale)) = steps((pairs, sites), lowest, highest).filter(|_| bins.is_none()) {
        return (levels, scale);
    }
    let scale = SiteScale {
        couplings: pairs.scale,
        fields: pairs.scale,
        alone: 1.0,
        along: 1.0,
        likeness: 1.0,
        zero: 0.0,
        unit: 1.0,
    };
    (Bounds { lowest, highest, bond: size / terms.max(1.0) }.bins(window, bins), scale)
}

/// The common step of all energies, where there is one: J u, h v and c are whole multiples of |scale|/(f_J f_u).
fn steps(
    (pairs, sites): (&PairModel, &SiteStates),
    lowest: f64,
    highest: f64,
) -> Option<(Levels, SiteScale)> {
    let one = |factor: Option<f64>, values: &[f64]| {
        if values.iter().all(|value| *value == 0.0) { Some(1.0) } else { factor }
    };
    let couplings = one(levels::factor(&pairs.couplings), &pairs.couplings)?;
    let likeness = one(levels::factor(&sites.likeness), &sites.likeness)?;
    let along = one(levels::factor(&sites.along), &sites.along)?;
    let fields = one(levels::factor(&pairs.fields), &pairs.fields)?;
    // Energies of these sizes, whichever occur, have to be multiples of the unit.
    let scale = pairs.scale.abs();
    let mut sizes = Vec::new();
    if pairs.couplings.iter().any(|coupling| *coupling != 0.0) {
        sizes.push(scale / (couplings * likeness));
    }
    if pairs.fields.iter().any(|field| *field != 0.0) {
        sizes.push(scale / (fields * along));
    }
    sizes.extend(sites.alone.iter().filter(|c| **c != 0.0));
    let unit = 1.0 / levels::factor(&sizes)?;
    if !levels::few((highest - lowest) / unit) {
        return None;
    }
    let levels = Levels::exact(lowest, unit, libm::round((highest - lowest) / unit) as usize);
    let scale = SiteScale {
        couplings: pairs.scale / (unit * likeness),
        fields: pairs.scale / (unit * along),
        alone: 1.0 / unit,
        along,
        likeness,
        zero: lowest,
        unit,
    };
    Some((levels, scale))
}

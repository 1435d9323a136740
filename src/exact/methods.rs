//! The exact methods that apply to a model, and the choice among them.

use super::ExactEnsemble;

/// The word for "choose for me".
pub const AUTO: &str = "auto";

/// Up to this many terms enumeration is taken before all others: it gives every level its population.
const LISTED: f64 = (1_u64 << 20) as f64;

/// One way to solve a model exactly.
pub struct Method {
    /// The word after `[method] name =`.
    pub name: &'static str,
    /// The prepared method, or why it does not apply, with numbers.
    pub solver: Result<Box<dyn ExactEnsemble + Send>, String>,
}

impl Method {
    /// A method with its name.
    pub fn new<E: ExactEnsemble + Send + 'static>(name: &'static str, solver: Result<E, String>) -> Self {
        Self { name, solver: solver.map(|solver| Box::new(solver) as Box<dyn ExactEnsemble + Send>) }
    }
}

/// The method called `name`, or for [`AUTO`] the best one that applies: enumeration while it is small, else the one with
/// the fewest terms. A method that is returned applies.
///
/// # Errors
///
/// Why none applies, or why the named one does not.
pub fn choose<'a>(
    methods: &'a [Method],
    name: &str,
) -> Result<(&'static str, &'a dyn ExactEnsemble), String> {
    choose_where(methods, name, |_| true)
}

/// The same, where for [`AUTO`] one that is `suitable` goes before all that are not.
///
/// # Errors
///
/// As for [`choose`].
pub fn choose_where<'a>(
    methods: &'a [Method],
    name: &str,
    suitable: impl Fn(&dyn ExactEnsemble) -> bool,
) -> Result<(&'static str, &'a dyn ExactEnsemble), String> {
    let applicable = |method: &'a Method| match &method.solver {
        Ok(solver) => Ok((method.name, &**solver as &dyn ExactEnsemble)),
        Err(reason) => Err(reason.clone()),
    };
    if name != AUTO {
        let found = methods.iter().find(|method| method.name == name);
        return found
            .map_or_else(|| Err(format!("there is no method \"{name}\" for this model")), applicable);
    }
    let rank = |(name, solver): &(&str, &dyn ExactEnsemble)| {
        let rank = if *name == ENUMERATION && solver.terms() <= LISTED { 0.0 } else { solver.terms() };
        if suitable(*solver) { rank } else { f64::INFINITY }
    };
    let best = methods.iter().filter_map(|method| applicable(method).ok());
    best.min_by(|a, b| rank(a).total_cmp(&rank(b))).ok_or_else(|| {
        let reasons = methods.iter().filter_map(|method| method.solver.as_ref().err());
        reasons.map(String::as_str).collect::<Vec<_>>().join("; ")
    })
}

/// Summing all microstates.
pub const ENUMERATION: &str = "enumeration";
/// Summing one site after another.
pub const ELIMINATION: &str = "elimination";
/// Kaufman's formula for the square torus.
pub const KAUFMAN: &str = "kaufman";
/// A closed formula.
pub const CLOSED_FORM: &str = "closed_form";
/// A sum over the levels of a known spectrum, with a bound on what is left out.
pub const SPECTRAL_SUM: &str = "spectral_sum";
/// An integral over a continuum, by quadrature.
pub const QUADRATURE: &str = "quadrature";

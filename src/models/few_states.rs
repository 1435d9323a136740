//! What models with a few states a site share: couplings from a lattice or a file, and sums over all configurations.

use super::graph::{self, Graph};
use super::site_states::{Order, SiteStates, Symmetry};
use super::spins::PairModel;
use super::{Model, UniformTorus, eliminated};
use crate::exact::listing::Listing;
use crate::exact::methods::{ELIMINATION, ENUMERATION, Method};
use crate::exact::network::{Bond, Network};
use crate::input::{Context, Problem};
use crate::number;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The most bytes that the energies of all bonds may take.
const BOND_BYTES: f64 = (1_u64 << 30) as f64;

/// What tells one such model from another: its states and the energies of sites and bonds.
pub(super) trait Form: Send + Sync {
    /// The model's name after `[model.`.
    fn name(&self) -> &'static str;

    /// The keys beside those of the graph, for the identity.
    fn identity(&self) -> Value;

    /// The model in words, without an article and without its bonds: "3-state Potts".
    fn noun(&self) -> String;

    /// More about the energy, to be added to the description, such as ", D = 0.5"; may be empty.
    fn addition(&self) -> String {
        String::new()
    }

    /// Number of states q of a site.
    fn states(&self) -> usize;

    /// The energy c(a) of a site in state `a` without a field.
    fn alone(&self, _a: usize) -> f64 {
        0.0
    }

    /// What the field couples to: the energy of a site in the field h is c(a) − h v(a).
    fn along(&self, a: usize) -> f64;

    /// What a coupling couples to: the energy of a bond J is −J u(a, b).
    fn likeness(&self, a: usize, b: usize) -> f64;

    /// What samplers measure as the order parameter.
    fn measured(&self) -> Order;

    /// What leaves the energies of all bonds unchanged.
    fn symmetry(&self) -> Symmetry;

    /// What a site in state `a` adds to the order parameter.
    fn order(&self, a: usize) -> f64;

    /// Whether all sites may go from their state a to a + 1 mod q without a change of energy, where there is no field.
    fn cyclic(&self) -> bool;

    /// Whether the order parameter is a magnetisation M = Σ s.
    fn has_magnetization(&self) -> bool;
}

/// A model with its graph.
pub(super) struct FewStates<F> {
    form: F,
    graph: Graph,
    methods: OnceLock<Vec<Method>>,
    /// The states as samplers see them.
    states: SiteStates,
}

impl<F: Form> FewStates<F> {
    /// The model on the graph that `keys`, the keys of its table without those of `form`, describe.
    ///
    /// # Errors
    ///
    /// Every combination of keys that makes no sense.
    pub(super) fn new(form: F, keys: &Value, context: &Context<'_>) -> Result<Self, Vec<Problem>> {
        let graph = graph::graph(keys, form.name(), context)?;
        let q = form.states();
        let states = SiteStates {
            alone: (0..q).map(|a| form.alone(a)).collect(),
            along: (0..q).map(|a| form.along(a)).collect(),
            likeness: (0..q * q).map(|ab| form.likeness(ab / q, ab % q)).collect(),
            order: form.measured(),
            symmetry: form.symmetry(),
        };
        Ok(Self { form, graph, methods: OnceLock::new(), states })
    }
}

impl<F: Form> Model for FewStates<F> {
    fn name(&self) -> &'static str {
        self.form.name()
    }

    fn identity(&self) -> Value {
        let mut keys = self.form.identity();
        if let (Some(keys), Some(graph)) = (keys.as_object_mut(), self.graph.identity.as_object()) {
            keys.extend(graph.clone());
        }
        json!({ self.form.name(): keys })
    }

    fn description(&self) -> String {
        let (noun, place, addition) = (self.form.noun(), &self.graph.place, self.form.addition());
        match self.graph.disorder_word() {
            None => format!("the {noun} model {place}{addition}"),
            Some(word) => format!("the {word} {noun} glass {place}{addition}"),
        }
    }

    fn sites(&self) -> Option<usize> {
        Some(self.graph.sites())
    }

    fn methods(&self) -> &[Method] {
        self.methods.get_or_init(|| {
            let (states, sites) = (self.form.states(), self.graph.sites());
            let build = || network(&self.form, self.graph.pairs());
            let listing = Listing::check(states, sites).and_then(|()| Listing::new(&build()?));
            vec![Method::new(ENUMERATION, listing), Method::new(ELIMINATION, eliminated(sites, build))]
        })
    }

    fn has_magnetization(&self) -> bool {
        self.form.has_magnetization()
    }

    fn site_states(&self) -> Option<(&PairModel, &SiteStates)> {
        Some((self.graph.pairs(), &self.states))
    }

    fn uniform_torus(&self) -> Option<UniformTorus> {
        self.graph.torus_in_a_field()
    }

    fn order_words(&self) -> Option<&'static str> {
        match self.states.order {
            Order::Sum(_) => None,
            Order::Majority => {
                Some(r"$m = (q \max_a n_a/N - 1)/(q - 1)$, with the number $n_a$ of sites in state $a$")
            }
            Order::Length(_) if self.form.states() > 2 => Some(
                r"$m = \lvert \sum_i \mathbf S_i \rvert/N$, the length of the mean spin, so that $U_4$ tends to $1/3$ in disorder",
            ),
            Order::Length(_) => {
                Some(r"$m = \lvert \sum_i \mathbf S_i \rvert/N$, the length of the mean spin")
            }
        }
    }
}

/// The network of a model with the couplings J = scale · couplings and fields h = scale · fields of `pairs`.
///
/// # Errors
///
/// If the energies of its bonds, q² numbers for each, would not fit into memory.
fn network(form: &impl Form, pairs: &PairModel) -> Result<Network, String> {
    let (q, bonds) = (form.states(), pairs.neighbours.len() / 2);
    if 8.0 * (q * q) as f64 * bonds as f64 > BOND_BYTES {
        let (bonds, most) = (number::count(bonds as u64), number::count(BOND_BYTES as u64 / 8));
        return Err(format!(
            "{bonds} bonds with {q} × {q} energies each are beyond elimination ({most} energies at most)"
        ));
    }
    let table = |coupling: f64| -> Vec<f64> {
        let coupling = pairs.scale * coupling;
        (0..q * q).map(|ab| 0.0 - coupling * form.likeness(ab / q, ab % q)).collect()
    };
    let bonds = (0..pairs.spins())
        .flat_map(|i| pairs.row(i).map(move |(j, coupling)| (i, j, coupling)))
        .filter(|(i, j, _)| i < j)
        .map(|(i, j, coupling)| Bond { ends: (i, j), energies: table(coupling) })
        .collect();
    let field = |field: &f64| {
        let field = pairs.scale * field;
        (0..q).map(|a| form.alone(a) - field * form.along(a)).collect::<Vec<f64>>()
    };
    Ok(Network {
        states: q,
        site_energies: pairs.fields.iter().flat_map(field).collect(),
        order: (0..q).map(|a| form.order(a)).collect::<Vec<f64>>().repeat(pairs.spins()),
        bonds,
        offset: pairs.offset,
        symmetric: form.cyclic() && pairs.fields.iter().all(|field| *field == 0.0),
    })
}

/// Takes the keys named in `own` out of a table.
pub(super) fn split(keys: &Value, own: &[&str]) -> (Value, Value) {
    let (mut mine, mut others) = (json!({}), json!({}));
    for (key, value) in keys.as_object().into_iter().flatten() {
        let side = if own.contains(&key.as_str()) { &mut mine } else { &mut others };
        side[key] = value.clone();
    }
    (mine, others)
}

/// The schema of the keys in `own`, a schema itself, with those of the graph; `words` replaces descriptions of the graph's
/// keys that name Ising spins.
pub(super) fn schema(mut own: Value, words: &[(&str, &str)]) -> Value {
    let mut graph = graph::schema();
    for (key, description) in words {
        graph["properties"][*key]["description"] = json!(description);
    }
    if let (Some(own), Some(graph)) = (own["properties"].as_object_mut(), graph["properties"].as_object()) {
        own.extend(graph.clone());
    }
    own
}

#[cfg(test)]
mod tests;

//! The kinds of experiment, one folder each, one line each in [`all`].

pub mod anneal;
pub mod clustering;
pub mod ensemble;
pub mod rbm;
pub mod sweep;

use crate::kind::Kind;

/// Every kind, in the order in which they are listed.
pub fn all() -> &'static [&'static dyn Kind] {
    &[
        // one line each
        &ensemble::EnsembleKind,
        &sweep::Sweep,
        &anneal::Anneal,
        &rbm::Rbm,
        &clustering::Clustering,
    ]
}

#[cfg(test)]
pub(crate) mod tests;

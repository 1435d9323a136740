//! gibbs: a declarative experiment runner with literate reports, for statistical mechanics and energy-based learning.
//!
//! Data flows one way: an experiment file is checked ([`spec`]), planned ([`plan`]), run ([`run`]), stored ([`store`]),
//! analysed ([`analyse`]), and reported ([`report`]) or judged ([`check`]). Modules import only downwards in this list,
//! and `tests/layers.rs` reads the imports to keep it so:
//!
//! 1. plain data: [`rng`], [`number`], [`quantity`], [`axis`], [`record`], [`fact`], [`figure`],
//!    [`input`]
//! 2. pure science, without files, TOML or thread pools: [`lattices`], [`models`], [`samplers`], [`exact`],
//!    [`learning`], [`statistics`]
//! 3. the contract: [`kind`]
//! 4. the kinds, which never import a stage or each other: [`kinds`]
//! 5. the stages, which know kinds only through the contract: [`spec`], [`plan`], [`run`], [`store`], [`analyse`],
//!    [`plot`], [`report`], [`check`]
//! 6. [`cli`], which alone knows them all, reads the clock and the environment, and talks to people.

pub mod analyse;
pub mod axis;
pub mod check;
pub mod cli;
pub mod exact;
pub mod fact;
pub mod figure;
pub mod input;
pub mod kind;
pub mod kinds;
pub mod lattices;
pub mod learning;
pub mod models;
pub mod number;
pub mod plan;
pub mod plot;
pub mod quantity;
pub mod record;
pub mod report;
pub mod rng;
pub mod run;
pub mod samplers;
pub mod spec;
pub mod statistics;
pub mod store;

//! Benchmarks live here.
fn main() {}

//! The `gibbs` program.

fn main() {}

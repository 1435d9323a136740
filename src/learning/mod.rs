//! Learning: training and evaluating restricted Boltzmann machines.

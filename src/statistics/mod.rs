//! Statistics of correlated series.

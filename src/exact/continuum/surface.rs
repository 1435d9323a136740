//! Energy functions of one or two coordinates.

/// An energy as a function of place; in one dimension y is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Surface {
    /// ½ c (x² + 2 ρ x y + y²): convex for |ρ| < 1.
    Quadratic {
        /// 1 or 2.
        dimensions: usize,
        /// c.
        curvature: f64,
        /// ρ.
        skew: f64,
    },
    /// b ((x/a)² − 1)² + t x/a + ½ k y² e^{s x/a}: two wells at x ≈ ±a, the right one narrower in y by e^{s} in stiffness.
    DoubleWell {
        /// 1 or 2.
        dimensions: usize,
        /// b, the height between the wells when t = 0.
        barrier: f64,
        /// a.
        distance: f64,
        /// t.
        tilt: f64,
        /// k.
        stiffness: f64,
        /// s.
        squeeze: f64,
    },
    /// ½ c r² + A Σ (1 − cos 2πu) over the coordinates u of axes turned by an angle (Rastrigin's function is c = 2, A = 10, angle 0).
    Rastrigin {
        /// 1 or 2.
        dimensions: usize,
        /// c.
        curvature: f64,
        /// A.
        amplitude: f64,
        /// The cosine and the sine of the angle.
        turn: (f64, f64),
    },
}

impl Surface {
    /// The function's name in an experiment's file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Quadratic { .. } => "quadratic",
            Self::DoubleWell { .. } => "double_well",
            Self::Rastrigin { .. } => "rastrigin",
        }
    }

    /// Number of coordinates.
    pub fn dimensions(&self) -> usize {
        match *self {
            Self::Quadratic { dimensions, .. }
            | Self::DoubleWell { dimensions, .. }
            | Self::Rastrigin { dimensions, .. } => dimensions,
        }
    }

    /// E(x, y).
    pub fn energy(&self, x: f64, y: f64) -> f64 {
        match *self {
            Self::Quadratic { curvature, skew, .. } => 0.5 * curvature * (x * x + 2.0 * skew * x * y + y * y),
            Self::DoubleWell { barrier, distance, tilt, stiffness, squeeze, .. } => {
                let u = x / distance;
                let well = u * u - 1.0;
                let across = if y == 0.0 { 0.0 } else { 0.5 * stiffness * y * y * libm::exp(squeeze * u) };
                barrier * well * well + tilt * u + across
            }
            Self::Rastrigin { dimensions, curvature, amplitude, turn: (cosine, sine) } => {
                // 1 − cos 2πu = 2 sin² πu, without cancellation near a minimum.
                let ripple = |u: f64| {
                    let s = libm::sin(std::f64::consts::PI * u);
                    2.0 * s * s
                };
                if dimensions == 1 {
                    return 0.5 * curvature * x * x + amplitude * ripple(x);
                }
                let (u, v) = (cosine * x + sine * y, cosine * y - sine * x);
                0.5 * curvature * (x * x + y * y) + amplitude * (ripple(u) + ripple(v))
            }
        }
    }
}

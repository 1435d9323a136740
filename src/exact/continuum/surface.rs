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

    /// The gradient (∂E/∂x, ∂E/∂y); in one dimension the second is 0.
    pub fn gradient(&self, x: f64, y: f64) -> (f64, f64) {
        match *self {
            Self::Quadratic { dimensions, curvature, skew } => {
                let across = if dimensions == 1 { 0.0 } else { curvature * (skew * x + y) };
                (curvature * (x + skew * y), across)
            }
            Self::DoubleWell { dimensions, barrier, distance, tilt, stiffness, squeeze } => {
                let u = x / distance;
                let along = (4.0 * barrier * u * (u * u - 1.0) + tilt) / distance;
                if dimensions == 1 {
                    return (along, 0.0);
                }
                let across = stiffness * y * libm::exp(squeeze * u);
                (along + 0.5 * squeeze / distance * y * across, across)
            }
            Self::Rastrigin { dimensions, curvature, amplitude, turn: (cosine, sine) } => {
                let pi = std::f64::consts::PI;
                let ripple = |u: f64| 2.0 * pi * amplitude * libm::sin(2.0 * pi * u);
                if dimensions == 1 {
                    return (curvature * x + ripple(x), 0.0);
                }
                let (u, v) = (ripple(cosine * x + sine * y), ripple(cosine * y - sine * x));
                (curvature * x + cosine * u - sine * v, curvature * y + sine * u + cosine * v)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_the_slopes_of_the_energy() {
        let turn = (libm::cos(0.5), libm::sin(0.5));
        let surfaces = |dimensions| {
            [
                Surface::Quadratic { dimensions, curvature: 1.7, skew: 0.4 },
                Surface::DoubleWell {
                    dimensions,
                    barrier: 1.3,
                    distance: 0.8,
                    tilt: 0.3,
                    stiffness: 2.0,
                    squeeze: 0.7,
                },
                Surface::Rastrigin { dimensions, curvature: 0.9, amplitude: 1.1, turn },
            ]
        };
        for surface in surfaces(1).into_iter().chain(surfaces(2)) {
            for (x, y) in [(0.3, -0.7), (-1.9, 0.4), (1.1, 2.2)] {
                let y = if surface.dimensions() == 1 { 0.0 } else { y };
                let step = 1e-5;
                let (along, across) = surface.gradient(x, y);
                let slope = (surface.energy(x + step, y) - surface.energy(x - step, y)) / (2.0 * step);
                assert!((along - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{surface:?}: {along} {slope}");
                if surface.dimensions() == 2 {
                    let slope = (surface.energy(x, y + step) - surface.energy(x, y - step)) / (2.0 * step);
                    assert!(
                        (across - slope).abs() < 1e-7 * (1.0 + slope.abs()),
                        "{surface:?}: {across} {slope}"
                    );
                } else {
                    assert_eq!(across, 0.0);
                }
            }
        }
    }
}

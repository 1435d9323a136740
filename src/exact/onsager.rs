//! The infinite square Ising lattice without field.
//!
//! Sources: L. Onsager, Phys. Rev. 65 (1944) 117, doi:10.1103/PhysRev.65.117; C. N. Yang, Phys. Rev. 85 (1952) 808,
//! doi:10.1103/PhysRev.85.808. E = −J Σ s s over nearest neighbours, k_B = 1, K = |J|/T: in these quantities a sublattice
//! flip maps J < 0 to |J|, and then the magnetisation is the staggered one.

use super::boltzmann::{Level, solve_levels};
use super::{ExactEnsemble, OrderMoments, Thermodynamics};
use std::f64::consts::PI;
use std::ops::ControlFlow;

/// T_c = 2|J|/ln(1 + √2), where sinh 2K = 1 (Onsager's eq. 121; Kramers and Wannier 1941).
pub fn critical_temperature(coupling: f64) -> f64 {
    2.0 * coupling.abs() / libm::asinh(1.0)
}

/// u = −J coth 2K [1 + (2/π)(2 tanh² 2K − 1) K₁(κ)], with κ = 2 sinh 2K/cosh² 2K (Onsager's eq. 117).
pub fn energy_per_site(coupling: f64, temperature: f64) -> f64 {
    let terms = Terms::at(coupling, temperature);
    let coth = 1.0 / libm::sqrt(terms.tanh_squared);
    // (2 tanh² − 1) = ±κ′ vanishes at T_c faster than K₁ ~ ln(4/κ′) grows. Elsewhere K₁ less π/2 keeps what is left of
    // 1 + (2/π)(2 tanh² − 1) K₁ at high temperature.
    let product = if terms.modulus == 0.0 { 0.0 } else { terms.signed * terms.elliptic().0 };
    -coupling.abs() * coth * (2.0 * terms.tanh_squared + 2.0 / PI * product)
}

/// c = (2/π)(K coth 2K)² {2K₁ − 2E₁ − 2(1 − tanh² 2K)[π/2 + (2 tanh² 2K − 1)K₁]} (Onsager's eq. 118), infinite at T_c.
pub fn specific_heat(coupling: f64, temperature: f64) -> f64 {
    let terms = Terms::at(coupling, temperature);
    if terms.modulus == 0.0 {
        return f64::INFINITY;
    }
    let k = coupling.abs() / temperature;
    let (first, difference) = terms.elliptic();
    let (t, y) = (terms.tanh_squared, terms.cosh_squared_inverse);
    // With P = K₁ − π/2 and Q = E₁ − π/2 the bracket is P − Q − y [πt − P + 2tP] for t = tanh² 2K and y = 1 − t. Less its
    // leading term (π/4)κ² = π t y, P − Q leaves no cancellation at low temperature.
    let bracket = difference - y * (t - y) * first;
    (4.0 / PI * k * k / t * bracket).max(0.0)
}

/// ln Z/N = ln(2 cosh 2K) + (1/π) ∫₀^{π/2} ln[½(1 + √(κ′² + κ² sin² ψ))] dψ (Onsager's eq. 109b with ψ = π/2 − φ).
///
/// The integrand has its only kink (at T_c, ψ = 0) at an end, where tanh-sinh quadrature is at home.
pub fn log_partition_per_site(coupling: f64, temperature: f64) -> f64 {
    let terms = Terms::at(coupling, temperature);
    let k = coupling.abs() / temperature;
    let squared = terms.modulus * terms.modulus;
    let integrand = |psi: f64| {
        let sine = libm::sin(psi);
        libm::log(0.5 * (1.0 + libm::sqrt(squared + (1.0 - squared) * sine * sine)))
    };
    let step = 1.0 / 32.0;
    let mut integral = 0.0;
    for i in -160..=160 {
        let t = f64::from(i) * step;
        let u = 0.5 * PI * libm::sinh(t);
        // ψ = (π/2)/(1 + e^{−2u}) stays exact near 0.
        let psi = 0.5 * PI / (1.0 + libm::exp(-2.0 * u));
        let cosh = libm::cosh(u);
        let weight = 0.25 * PI * 0.5 * PI * libm::cosh(t) / (cosh * cosh);
        if weight > 0.0 && weight.is_finite() {
            integral += weight * integrand(psi) * step;
        }
    }
    2.0 * k + libm::log1p(libm::exp(-4.0 * k)) + integral / PI
}

/// Spontaneous magnetisation per site, (1 − sinh⁻⁴ 2K)^{1/8} below T_c and 0 above (Yang's eq. 96).
pub fn spontaneous_magnetization(coupling: f64, temperature: f64) -> f64 {
    let s = libm::sinh(2.0 * coupling.abs() / temperature);
    if s <= 1.0 { 0.0 } else { libm::pow(1.0 - libm::pow(s, -4.0), 0.125) }
}

/// One site of the infinite lattice.
pub struct InfiniteLattice {
    /// The coupling J, not 0.
    pub coupling: f64,
}

impl ExactEnsemble for InfiniteLattice {
    fn method(&self) -> String {
        "Onsager's solution".to_owned()
    }

    fn terms(&self) -> f64 {
        400.0
    }

    fn critical_temperature(&self) -> Option<f64> {
        Some(critical_temperature(self.coupling))
    }

    fn solve(
        &self,
        temperature: f64,
        _advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        if temperature == 0.0 {
            let ground = Level { energy: -2.0 * self.coupling.abs(), degeneracy: 1.0 };
            let order = Some(order(if self.coupling > 0.0 { 1.0 } else { 0.0 }));
            return Some(Thermodynamics { order, ..solve_levels(&[ground], 0.0) });
        }
        // At −T the lattice is that of −J at T.
        let (sign, positive) = (temperature.signum(), temperature.abs());
        let ferromagnetic = sign * self.coupling > 0.0;
        let magnetization =
            if ferromagnetic { spontaneous_magnetization(self.coupling, positive) } else { 0.0 };
        Some(Thermodynamics {
            log_partition: log_partition_per_site(self.coupling, positive),
            energy: sign * energy_per_site(self.coupling, positive),
            energy_variance: specific_heat(self.coupling, positive) * positive * positive,
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: Some(order(magnetization)),
            ground: None,
        })
    }
}

/// The moments of a magnetisation that does not fluctuate.
fn order(m: f64) -> OrderMoments {
    OrderMoments { square: m * m, others: Some((m, m * m * m * m)) }
}

struct Terms {
    tanh_squared: f64,
    /// 1/cosh² 2K = 1 − tanh² 2K.
    cosh_squared_inverse: f64,
    /// 2 tanh² 2K − 1 = (sinh² 2K − 1)/(sinh² 2K + 1).
    signed: f64,
    /// The complementary modulus κ′ = |2 tanh² 2K − 1|.
    modulus: f64,
}

impl Terms {
    fn at(coupling: f64, temperature: f64) -> Self {
        // In powers of e^{−2·2K}, so that low temperatures do not overflow.
        let x = 2.0 * coupling.abs() / temperature;
        let tanh = libm::tanh(x);
        let inverse_cosh = 2.0 * libm::exp(-x) / (1.0 + libm::exp(-2.0 * x));
        let signed = (tanh - inverse_cosh) * (tanh + inverse_cosh);
        // Rounding leaves some 1e−16 at T_c itself, where the specific heat is infinite.
        let signed = if signed.abs() < 4.0 * f64::EPSILON { 0.0 } else { signed };
        Self {
            tanh_squared: tanh * tanh,
            cosh_squared_inverse: inverse_cosh * inverse_cosh,
            signed,
            modulus: signed.abs(),
        }
    }

    /// P = K₁ − π/2 and K₁ − E₁ − (π/4)κ² of the complete elliptic integrals with modulus κ.
    ///
    /// For κ² < 0.3 by their power series (DLMF 19.5.1 and 19.5.2), else by the arithmetic–geometric mean (19.8.1 and 19.8.6).
    fn elliptic(&self) -> (f64, f64) {
        let squared = 4.0 * self.tanh_squared * self.cosh_squared_inverse;
        if squared < 0.3 {
            let (mut first, mut difference) = (0.0, 0.0);
            let mut term = 0.5 * PI;
            for m in 1..=40_u32 {
                let odd = f64::from(2 * m - 1);
                let ratio = odd / (odd + 1.0);
                term *= ratio * ratio * squared;
                first += term;
                if m > 1 {
                    difference += term * (1.0 + 1.0 / odd);
                }
            }
            return (first, difference);
        }
        let (mut a, mut b) = (1.0, self.modulus);
        let mut power = 0.5;
        let mut sum = power * squared;
        for _ in 0..60 {
            let c = 0.5 * (a - b);
            (a, b) = (0.5 * (a + b), libm::sqrt(a * b));
            power *= 2.0;
            sum += power * c * c;
            if c <= 1e-17 * a {
                break;
            }
        }
        let whole = 0.5 * PI / a;
        (whole - 0.5 * PI, whole * sum - 0.25 * PI * squared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_the_critical_point() {
        let t_c = critical_temperature(1.0);
        assert!((t_c - 2.269_185_314_213_022).abs() < 1e-15);
        assert!((energy_per_site(1.0, t_c) + std::f64::consts::SQRT_2).abs() < 1e-13);
        // ½ ln 2 + 2G/π with Catalan's constant G.
        let catalan = 0.915_965_594_177_219;
        let log = 0.5 * std::f64::consts::LN_2 + 2.0 * catalan / PI;
        assert!((log_partition_per_site(1.0, t_c) - log).abs() < 1e-13);
        assert_eq!(specific_heat(1.0, t_c), f64::INFINITY);
    }

    #[test]
    #[rustfmt::skip]
    fn values_of_sixty_digits_from_cold_to_hot() {
        // T with ln Z/N, u and c by mpmath at 60 digits. Near T_c the rounding of T itself is magnified in c.
        let rows = [
            (0.1, 20.0, -2.0, 1.1551048882210657e-31),
            (0.3, 6.666_666_666_669_29, -1.999_999_999_979_015, 1.865_324_719_919_857e-9),
            (1.0, 2.0003482837007103, -1.9971602041122511, 0.023379564686542134),
            (1.6, 1.2581093390917418, -1.928_241_953_536_615, 0.262_354_294_112_726_6),
            (2.0, 1.0257928126949176, -1.745564575312554, 0.724_871_448_601_573_9),
            (2.25, 0.935_110_544_868_716_1, -1.463102732587089, 2.0530770253887184),
            (2.27, 0.929_472_008_275_935_6, -1.410_864_432_989_398, 3.6164019385442288),
            (2.5, 0.879_363_820_774_948_2, -1.106_079_203_745_791, 0.861_698_356_830_763_7),
            (4.0, 0.759_106_478_535_454_9, -0.557_272_240_628_490_6, 0.17118841147563006),
            (9.0, 0.705_621_251_193_163_8, -0.22686988223237627, 0.026257962542404584),
            (30.0, 0.694_259_321_455_679_3, -0.066_790_299_658_762_4, 0.00223459730963334),
            (100.0, 0.693_247_188_893_99, -0.020_003_333_760_134_96, 0.00020010002134278142),
        ];
        for (t, log_partition, energy, heat) in rows {
            assert!((log_partition_per_site(1.0, t) / log_partition - 1.0).abs() < 1e-13, "ln Z at {t}");
            assert!((energy_per_site(1.0, t) / energy - 1.0).abs() < 1e-13, "u at {t}: {}", energy_per_site(1.0, t));
            assert!((specific_heat(1.0, t) / heat - 1.0).abs() < 2e-12, "c at {t}: {}", specific_heat(1.0, t));
        }
    }

    #[test]
    fn energy_and_heat_are_derivatives_of_ln_z() {
        let h = 1e-3;
        for k in [0.01, 0.2, 0.42, 0.47, 0.8, 2.0] {
            let difference = |f: &dyn Fn(f64) -> f64| {
                let at = |steps: f64| f(1.0 / (k + steps * h * k));
                (at(-2.0) - 8.0 * at(-1.0) + 8.0 * at(1.0) - at(2.0)) / (12.0 * h * k)
            };
            let slope = difference(&|t| log_partition_per_site(1.0, t));
            assert!((energy_per_site(1.0, 1.0 / k) + slope).abs() < 1e-8, "K = {k}: energy");
            let curvature = -difference(&|t| energy_per_site(1.0, t));
            assert!((specific_heat(1.0, 1.0 / k) - k * k * curvature).abs() < 1e-6, "K = {k}: specific heat");
        }
    }

    #[test]
    fn limits_and_symmetries() {
        assert!((energy_per_site(1.0, 0.05) + 2.0).abs() < 1e-15);
        // One turned spin costs 8: ln Z/N = 2K + e^{−8K}, so that c = 64 K² e^{−8K}.
        assert!((specific_heat(1.0, 0.05) / (64.0 * 400.0 * libm::exp(-160.0)) - 1.0).abs() < 1e-12);
        assert_eq!(energy_per_site(-1.5, 3.0), energy_per_site(1.5, 3.0));
        // High temperature: e → −2K, c → 2K² to leading order.
        assert!((energy_per_site(1.0, 1e3) / -0.002 - 1.0).abs() < 1e-5);
        assert!((specific_heat(1.0, 1e3) / 2e-6 - 1.0).abs() < 1e-4);
        assert_eq!(spontaneous_magnetization(1.0, 2.3), 0.0);
        // Yang's curve at T = 2: sinh 1 = 1.1752…
        let exact = libm::pow(1.0 - libm::pow(libm::sinh(1.0), -4.0), 0.125);
        assert!((spontaneous_magnetization(1.0, 2.0) - exact).abs() < 1e-15);
        assert!((exact - 0.911_319_377).abs() < 1e-8);
    }
}

//! Critical points that are known: temperatures that a duality or a star–triangle relation fixes, and exponents.

/// What is known of the transition of a uniform ferromagnet without a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Critical {
    /// T_c, with k_B = 1.
    pub temperature: f64,
    /// Its standard error, where it was simulated; `None` where it is exact.
    pub uncertainty: Option<f64>,
    /// The exponents of a continuous transition.
    pub exponents: Option<Exponents>,
}

/// Critical exponents, each with its Markdown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponents {
    /// ν of the correlation length.
    pub nu: (f64, &'static str),
    /// β/ν of the order parameter.
    pub beta_over_nu: (f64, &'static str),
    /// γ/ν of the susceptibility.
    pub gamma_over_nu: (f64, &'static str),
}

/// Two, three and four states in the plane (den Nijs 1979, doi:10.1088/0305-4470/12/10/030; Nienhuis 1984, doi:10.1007/BF01009437).
const PLANE: [Exponents; 3] = [
    Exponents { nu: (1.0, "1"), beta_over_nu: (0.125, "1/8"), gamma_over_nu: (1.75, "7/4") },
    Exponents {
        nu: (5.0 / 6.0, "5/6"),
        beta_over_nu: (2.0 / 15.0, "2/15"),
        gamma_over_nu: (26.0 / 15.0, "26/15"),
    },
    Exponents { nu: (2.0 / 3.0, "2/3"), beta_over_nu: (0.125, "1/8"), gamma_over_nu: (1.75, "7/4") },
];

/// The Ising model in space by the conformal bootstrap, where it is known to more digits than are used (Kos, Poland, Simmons-Duffin
/// and Vichi 2016, doi:10.1007/JHEP08(2016)036): Δ_σ = 0.5181489 and Δ_ε = 1.412625.
const SPACE: Exponents = Exponents {
    nu: (0.629_971, "0.62997"),
    beta_over_nu: (0.518_148_9, "0.51815"),
    gamma_over_nu: (1.963_702_2, "1.96370"),
};

/// 1/T_c of the cubic Ising model and its error (Ferrenberg, Xu and Landau 2018, doi:10.1103/PhysRevE.97.043301).
const CUBIC: (f64, f64) = (0.221_654_626, 5e-9);

/// The transition of the Ising model with E = −J Σ s s.
///
/// With two Potts states and twice the coupling; and kagome e^{4J/T} = 3 + 2√3 (Syozi 1951, doi:10.1143/ptp/6.3.306).
pub fn ising(lattice: &str, coupling: f64) -> Option<Critical> {
    let exact = |inverse: f64| Critical {
        temperature: coupling / inverse,
        uncertainty: None,
        exponents: Some(PLANE[0]),
    };
    match lattice {
        _ if coupling <= 0.0 => None,
        "kagome" => Some(exact(0.25 * libm::log(3.0 + 2.0 * libm::sqrt(3.0)))),
        "cubic" => Some(Critical {
            temperature: coupling / CUBIC.0,
            uncertainty: Some(coupling * CUBIC.1 / (CUBIC.0 * CUBIC.0)),
            exponents: Some(SPACE),
        }),
        _ => potts(lattice, 2, 2.0 * coupling),
    }
}

/// The transition of the Potts model of q states with E = −J Σ δ(s, s).
///
/// With v = e^{J/T} − 1: v² = q on the square lattice, v³ + 3 v² = q on the triangular and v³ = 3 q v + q² on the honeycomb lattice
/// (F. Y. Wu, Rev. Mod. Phys. 54 (1982) 235, doi:10.1103/RevModPhys.54.235, section III.B). Beyond four states it is of first order and
/// has no exponents.
pub fn potts(lattice: &str, states: usize, coupling: f64) -> Option<Critical> {
    if coupling <= 0.0 || states < 2 {
        return None;
    }
    let q = states as f64;
    let v = match lattice {
        "square" => libm::sqrt(q),
        "triangular" => root(q, |v| v * v * (v + 3.0) - q),
        "honeycomb" => root(3.0 * q, |v| v * v * v - 3.0 * q * v - q * q),
        _ => return None,
    };
    Some(Critical {
        temperature: coupling / libm::log1p(v),
        uncertainty: None,
        exponents: PLANE.get(states - 2).copied(),
    })
}

/// The only positive root, below `most`, of a function that is negative before it and positive beyond.
fn root(most: f64, function: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    while high - low > 4.0 * f64::EPSILON * high {
        let middle = 0.5 * (low + high);
        if function(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::onsager;

    fn near(found: Option<Critical>, wanted: f64) {
        let found = found.unwrap().temperature;
        assert!((found / wanted - 1.0).abs() < 1e-9, "{found} and not {wanted}");
    }

    #[test]
    fn known_temperatures_are_those_of_the_literature() {
        near(ising("square", 1.0), onsager::critical_temperature(1.0));
        near(ising("triangular", 2.0), 8.0 / libm::log(3.0));
        // 2/ln(2 + √3) and 4/ln(3 + 2√3) (Syozi 1972).
        near(ising("honeycomb", 1.0), 2.0 / libm::log(2.0 + libm::sqrt(3.0)));
        near(ising("kagome", 1.0), 2.143_319_440_1);
        near(potts("square", 3, 1.0), 1.0 / libm::log(1.0 + libm::sqrt(3.0)));
        // Four states: v² + 4 v + 4 = (v + 2)² divides the cubic, which leaves v = 1.
        near(potts("triangular", 4, 1.0), 1.0 / libm::log(2.0));
        near(potts("honeycomb", 4, 1.0), 1.0 / libm::log(5.0));
        assert!(ising("chain", 1.0).is_none() && ising("square", -1.0).is_none());
        assert!(potts("square", 5, 1.0).unwrap().exponents.is_none(), "of first order");
    }

    #[test]
    fn exponents_obey_hyperscaling() {
        // 2 β/ν + γ/ν = d.
        for (found, dimension) in [
            (ising("square", 1.0), 2.0),
            (potts("square", 3, 1.0), 2.0),
            (potts("square", 4, 1.0), 2.0),
            (ising("cubic", 1.0), 3.0),
        ] {
            let exponents = found.unwrap().exponents.unwrap();
            let sum = 2.0 * exponents.beta_over_nu.0 + exponents.gamma_over_nu.0;
            assert!((sum - dimension).abs() < 1e-6, "{sum}");
        }
    }
}

//! Every quantity that gibbs can estimate, declared once: the declarations feed the result columns, the reports,
//! the checks, `gibbs list` and `gibbs explain`.
//!
//! Units: J = k_B = 1 unless a declaration says otherwise, and H = −Σ J s s − Σ h s.

/// The declaration of one quantity.
#[derive(Debug, PartialEq)]
pub struct Quantity {
    /// The name used in files, `snake_case`.
    pub name: &'static str,
    /// The symbol in LaTeX, without dollar signs.
    pub symbol: &'static str,
    /// The symbol in the figures' label markup: `*T*` is italic, `_{c}` and `^{2}` are scripts.
    pub label: &'static str,
    /// The unit, empty for a pure number.
    pub unit: &'static str,
    /// The defining formula in LaTeX, without dollar signs.
    pub formula: &'static str,
    /// What it means, in one or two sentences.
    pub doc: &'static str,
    /// The least value that the quantity can take, if it is bounded below.
    pub minimum: Option<f64>,
}

/// Looks a quantity up by its name.
pub fn find(name: &str) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|quantity| quantity.name == name)
}

/// Looks up a quantity that this crate declares.
///
/// # Panics
///
/// If `name` is not declared: a mistake in this crate, which every test of the caller would meet.
pub fn declared(name: &str) -> &'static Quantity {
    find(name).unwrap_or_else(|| unreachable!("invariant: quantity `{name}` is declared in quantity.rs"))
}

macro_rules! quantities {
    ($($name:ident { $symbol:literal, $label:literal, $unit:literal, $formula:literal, $minimum:expr, $doc:literal })*) => {
        /// All quantities, in the order in which they are listed.
        pub static QUANTITIES: &[Quantity] = &[
            $(Quantity {
                name: stringify!($name), symbol: $symbol, label: $label, unit: $unit,
                formula: $formula, doc: $doc, minimum: $minimum,
            },)*
        ];
    };
}

quantities! {
    log_partition { r"\ln Z", "ln *Z*", "", r"\ln Z = \ln \sum_x e^{-\beta E(x)}", None,
        "Logarithm of the partition function: with energies counted from the lowest level, the effective number of microstates, on a log scale, that the temperature opens." }
    free_energy { r"F", "*F*", "J", r"F = -T \ln Z = U - TS", None,
        "Helmholtz free energy: the energy left to do work once the entropy has had its share." }
    energy { r"U", "*U*", "J", r"U = \langle E \rangle = -\partial \ln Z / \partial \beta", None,
        "Mean energy of the whole system." }
    entropy { r"S", "*S*", "k_B", r"S = (U - F)/T = -\sum_x p(x) \ln p(x)", Some(0.0),
        "Entropy of the whole system: the logarithm of the number of microstates in play." }
    heat_capacity { r"C", "*C*", "k_B", r"C = \partial U / \partial T = \beta^2 (\langle E^2 \rangle - \langle E \rangle^2)", Some(0.0),
        "Heat capacity of the whole system: energy fluctuation read as a response to temperature." }
    log_partition_per_site { r"\ln Z / N", "ln *Z* / *N*", "", r"\ln Z / N", None,
        "Logarithm of the partition function per site." }
    free_energy_per_site { r"f", "*f*", "J", r"f = F / N", None, "Free energy per site." }
    energy_per_site { r"e", "*e*", "J", r"e = \langle E \rangle / N", None, "Mean energy per site." }
    entropy_per_site { r"s", "*s*", "k_B", r"s = S / N", Some(0.0), "Entropy per site." }
    specific_heat { r"c", "*c*", "k_B", r"c = \beta^2 (\langle E^2 \rangle - \langle E \rangle^2)/N", Some(0.0),
        "Heat capacity per site: the relative size of the energy's fluctuations." }
    magnetization { r"\langle |m| \rangle", "⟨|*m*|⟩", "", r"\langle |m| \rangle,\; m = \tfrac1N \sum_i s_i", Some(0.0),
        "Mean absolute magnetisation per site: 1 in perfect order, of order N^{-1/2} in the disordered phase." }
    magnetization_squared { r"\langle m^2 \rangle", "⟨*m*^{2}⟩", "", r"\langle m^2 \rangle", Some(0.0),
        "Mean squared magnetisation per site." }
    susceptibility { r"\chi", "*χ*", "1/J", r"\chi = N (\langle m^2 \rangle - \langle |m| \rangle^2)/T", Some(0.0),
        "Susceptibility of |m|: the response of the order parameter to a field in the ordered phase, from its fluctuations; well above the transition it is smaller than the response of m, by the factor 1 - 2/pi." }
    binder { r"U_4", "*U*_{4}", "", r"U_4 = 1 - \langle m^4 \rangle / (3 \langle m^2 \rangle^2)", None,
        "Binder's fourth-order cumulant: 2/3 in the ordered phase, 0 in the disordered one, and nearly independent of size at the transition." }
    correlation_length { r"\xi", "*ξ*", "", r"\xi = \frac{1}{2 \sin(k/2)} \sqrt{S(0)/S(k) - 1},\; k = 2\pi/L", Some(0.0),
        "Second-moment correlation length, in lattice spacings, from the structure factor S at zero and at the longest wave: above a transition the distance over which spins agree; in the ordered phase it grows with the system." }
    correlation_length_ratio { r"\xi/L", "*ξ* / *L*", "", r"\xi/L", Some(0.0),
        "Second-moment correlation length over the side of the lattice: hardly dependent on size at a continuous transition, where curves of different sizes cross." }
    thermal_exponent { r"y_t", "*y*_{t}", "", r"y_t = \log_2 \lambda_{\max},\; \langle S' S' \rangle_c\, T = \langle S' S \rangle_c", None,
        "Thermal exponent of the renormalisation group from block spins of 2 x 2, 1/nu: how fast a distance from the critical temperature grows from level to level." }
    magnetic_exponent { r"y_h", "*y*_{h}", "", r"y_h = \log_2 \lambda_{\max}\ \text{of the odd interactions}", None,
        "Magnetic exponent of the renormalisation group from block spins of 2 x 2: how fast a field grows from level to level; beta/nu = d - y_h." }
    energy_fluctuation { r"\sigma_E", "*σ*_{E}", "J", r"\sigma_E = \sqrt{\langle E^2 \rangle - \langle E \rangle^2}", Some(0.0),
        "Standard deviation of the energy of the whole system from one microstate of the ensemble to another: it grows as the root of the size, away from a transition." }
    relative_fluctuation { r"\sigma_E/\lvert U \rvert", "*σ*_{E} / |*U*|", "", r"\sigma_E/\lvert U \rvert", Some(0.0),
        "Energy fluctuation as a share of the mean energy, with the zero of energy that the model has: for N independent units it falls as 1/sqrt(N)." }
    reduced_free_energy { r"F/NT", "*F* / *NT*", "", r"F/NT = U/NT - S/N = -\ln Z / N", None,
        "Free energy per site in units of the temperature (k_B = 1), a pure number." }
    effective_temperature { r"T_{\mathrm{eff}}", "*T*_{eff}", "J", r"T_{\mathrm{eff}} = \sqrt{(\langle E^2 \rangle - \langle E \rangle^2)/(\partial U/\partial T)}", None,
        "The temperature read from fluctuation and response, the slope of U being taken by differences; in equilibrium it is T. The root gives its size, and its sign is that of T." }
    log_multiplicity { r"\ln\Omega", "ln *Ω*", "", r"\ln\Omega(N, E) = \ln \sum_n N! \prod_j g_j^{n_j}/n_j!", None,
        "Logarithm of the number of assignments of N objects to boxes that have the total energy E." }
    entropy_per_object { r"S/N", "*S* / *N*", "k_B", r"S/N = \ln\Omega/N", None,
        "Entropy of one object among N that share a total energy: it tends to the entropy of the Boltzmann distribution." }
    inverse_temperature { r"\beta", "*β*", "1/J", r"\sum_j E_j\, g_j e^{-\beta E_j}/Z = E/N", None,
        "The inverse temperature at which the Boltzmann distribution over the boxes has the mean energy E/N." }
    kl_divergence { r"D", "*D*", "nats", r"D = \sum_j \frac{\langle n_j\rangle}{N} \ln \frac{\langle n_j\rangle}{N p_j},\; p_j = g_j e^{-\beta E_j}/Z", Some(0.0),
        "Kullback-Leibler divergence of the mean occupations from the Boltzmann distribution: it falls as 1/N^2." }
    peak_width { r"w", "*w*", "", r"w = \tfrac1N \sqrt{\sum_j (\langle n_j^2\rangle - \langle n_j\rangle^2)}", Some(0.0),
        "Root-mean-square distance of the shares n/N from their mean: it falls as 1/sqrt(N)." }
    stirling_error { r"\Delta_{\mathrm{S}}", "Δ_{S}", "", r"\Delta_{\mathrm{S}} = N \ln N - \sum_j \bar n_j \ln(\bar n_j/g_j) - \ln\Omega,\; \bar n_j = N p_j", Some(0.0),
        "By how much Stirling's formula with the Boltzmann occupations overestimates the logarithm of the number of assignments: it grows as (ln N)/2, ever slower than N." }
    acceptance { r"a", "*a*", "", r"a = \text{accepted}/\text{proposed}", Some(0.0),
        "Share of proposed moves that were accepted; for a cluster sampler, the mean share of the sites in a cluster." }
    position { r"\langle x \rangle", "⟨*x*⟩", "", r"\langle x \rangle", None,
        "Mean place of a point on a landscape along its first axis, in the landscape's unit of length." }
    position_squared { r"\langle x^2 \rangle", "⟨*x*^{2}⟩", "", r"\langle x^2 \rangle", Some(0.0),
        "Mean square of the place along the first axis." }
    position_y { r"\langle y \rangle", "⟨*y*⟩", "", r"\langle y \rangle", None,
        "Mean place of a point on a landscape along its second axis." }
    position_y_squared { r"\langle y^2 \rangle", "⟨*y*^{2}⟩", "", r"\langle y^2 \rangle", Some(0.0),
        "Mean square of the place along the second axis." }
    crossing_rate { r"k", "*k*", "1/time", r"k = n/t", Some(0.0),
        "Crossings between the two wells of a landscape, of either direction, per unit of time of Langevin's dynamics, or per sweep of Metropolis': one counts when the bottom of the other well is reached. Its exact value is the mean of both inverse first-passage times, weighted by the time spent in each well." }
    energy_per_particle { r"U/N", "*U* / *N*", "", r"U/N = \langle E \rangle / N", None,
        "Mean configurational energy per particle of a fluid, in units of the well depth ε, the correction for what is beyond the cutoff included; momenta add dT/2 in d dimensions." }
    heat_capacity_per_particle { r"C/N", "*C* / *N*", "k_B", r"C/N = \beta^2 (\langle E^2 \rangle - \langle E \rangle^2)/N", Some(0.0),
        "Configurational heat capacity per particle at constant volume; momenta add d/2 in d dimensions." }
    pressure { r"p", "*p*", "", r"p = \rho T - \frac{1}{dV} \Bigl\langle \sum_{i<j} r_{ij}\, u'(r_{ij}) \Bigr\rangle + p_{\mathrm{tail}}", None,
        "Pressure of a fluid in reduced units, ε/σ^d in d dimensions: that of the ideal gas, the virial of the forces between particles, and the correction for what is beyond the cutoff." }
    best_energy { r"E_{\mathrm{best}}", "*E*_{best}", "J", r"E_{\mathrm{best}} = \min_{\text{reads}} \min_t E(x_t)", None,
        "The lowest energy that any read met." }
    mean_read_energy { r"\bar E_{\mathrm{read}}", "*E*_{read}", "J", r"\bar E_{\mathrm{read}} = \tfrac1R \sum_r \min_t E(x^{(r)}_t)", None,
        "Mean over the reads of the lowest energy that each met." }
    residual_energy { r"E_{\mathrm{res}}", "*E*_{res}", "J", r"E_{\mathrm{res}} = \bar E_{\mathrm{read}} - E_{\mathrm{target}}", None,
        "How far the average read stays above the target energy." }
    success_probability { r"p_{\mathrm{s}}", "*p*_{s}", "", r"p_{\mathrm{s}} = \Pr(E_{\mathrm{read}} \le E_{\mathrm{target}})", Some(0.0),
        "Probability that one read reaches the target energy." }
    sweeps_to_solution_99 { r"n_{99}", "*n*_{99}", "sweeps", r"n_{99} = n_{\mathrm{sweeps}} \max\!\left(1, \frac{\ln 0.01}{\ln(1 - p_{\mathrm{s}})}\right)", Some(0.0),
        "Sweeps needed to meet the target energy at least once with probability 0.99, repeating reads of this length." }
    log_likelihood { r"\mathcal{L}", "ℒ", "nats", r"\mathcal{L} = \tfrac1M \sum_m \ln p(v^{(m)}) = -\tfrac1M \sum_m F(v^{(m)}) - \ln Z", None,
        "Mean log-likelihood of the training patterns, in nats per pattern." }
    validation_log_likelihood { r"\mathcal{L}_{\mathrm{val}}", "ℒ_{val}", "nats", r"\mathcal{L}_{\mathrm{val}} = \tfrac1M \sum_m \ln p(v^{(m)})", None,
        "Mean log-likelihood of patterns held out of training, in nats per pattern." }
    reconstruction_error { r"\epsilon", "*ε*", "", r"\epsilon = \tfrac1{MD} \sum_{m,i} (v^{(m)}_i - \hat v^{(m)}_i)^2", Some(0.0),
        "Mean squared difference per pixel between a pattern and its mean-field reconstruction through the hidden units." }
    free_energy_gap { r"\Delta F", "Δ*F*", "nats", r"\Delta F = \langle F(v) \rangle_{\mathrm{val}} - \langle F(v) \rangle_{\mathrm{train}}", None,
        "Mean free energy of held-out patterns less that of training patterns: it grows when the machine memorises." }
    clusters { r"K", "*K*", "", r"K = \left|\{y_k\}\right|", Some(1.0),
        "Number of distinct cluster centres, each counted once whatever its mass." }
    cluster_free_energy { r"F", "*F*", "", r"F = -T \sum_i w_i \ln \sum_k q_k e^{-|x_i - y_k|^2/T} = D + T I", None,
        "Free energy of an assignment of points to clusters at a fixed temperature, minimal over centres and masses; in squared units of the data." }
    distortion { r"D", "*D*", "", r"D = \sum_{i,k} w_i\, p(k|i)\, |x_i - y_k|^2", Some(0.0),
        "Mean energy of an assignment: the mean square distance of a point from the centres that it is assigned to." }
    mutual_information { r"I", "*I*", "nats", r"I = \sum_{i,k} w_i\, p(k|i) \ln \frac{p(k|i)}{q_k}", Some(0.0),
        "What the cluster tells of the point: 0 when all points share all clusters alike, the entropy of the masses when each point has one cluster." }
    cluster_critical_temperature { r"T_{\mathrm{c}}", "*T*_{c}", "", r"T_{\mathrm{c}} = 2 \lambda_{\max}, \; C v = \lambda v,\; C = \sum_i w_i (x_i - \bar x)(x_i - \bar x)^{\mathsf T}", Some(0.0),
        "Temperature below which one cluster of all points is unstable: twice the largest eigenvalue of their covariance." }
    first_split_temperature { r"T_1", "*T*_{1}", "", r"T_1 = \max\{T : \min_{K=2} F < \min_{K=1} F\}", Some(0.0),
        "Highest temperature at which a second cluster lowers the free energy: at or above the critical temperature." }
    quenched_distortion { r"D_0", "*D*_{0}", "", r"D_0 = \sum_i w_i \min_k |x_i - y_k|^2", Some(0.0),
        "Distortion at zero temperature: that of the fixed point of k-means to which the centres at the end of the cooling lead." }
    kmeans_failures { r"p_{\mathrm{fail}}", "*p*_{fail}", "", r"p_{\mathrm{fail}} = \Pr(D_{k\text{-means}} > D_0)", Some(0.0),
        "Share of runs of k-means from random starts that end with a larger distortion than the cooling." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_field_is_filled() {
        for (index, quantity) in QUANTITIES.iter().enumerate() {
            assert!(QUANTITIES[..index].iter().all(|other| other.name != quantity.name), "{}", quantity.name);
            for text in [quantity.symbol, quantity.label, quantity.formula, quantity.doc] {
                assert!(!text.is_empty(), "{}", quantity.name);
            }
            assert_eq!(declared(quantity.name), quantity);
        }
    }
}

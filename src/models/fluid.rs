//! Particles in a periodic box with the Lennard-Jones pair potential, in its own units: σ = ε = k_B = 1.
//!
//! u(r) = 4 (r⁻¹² − r⁻⁶) up to a cutoff r_c, where it is cut and not shifted; each pair counts at the nearest of its periodic
//! images. What is beyond is put in as if particles were uniform there, g(r) = 1, by the standard long-range corrections (Frenkel
//! and Smit, Understanding Molecular Simulation, 2nd ed. 2002, section 3.2.2; Allen and Tildesley, Computer Simulation of
//! Liquids, 2nd ed. 2017, section 2.8).

use std::f64::consts::PI;

/// A fluid: N particles at the number density ρ in a cubic box of the side L = (N/ρ)^{1/d}, or a square one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fluid {
    /// N.
    pub particles: usize,
    /// d, 2 or 3.
    pub dimensions: usize,
    /// ρ = N/V.
    pub density: f64,
    /// r_c, at most L/2.
    pub cutoff: f64,
    /// Whether the long-range corrections are added.
    pub tail_correction: bool,
}

/// Σ r⁻¹² and Σ r⁻⁶ over some pairs within the cutoff: energy and virial follow from both.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PairSums {
    /// Σ r⁻¹².
    pub twelve: f64,
    /// Σ r⁻⁶.
    pub six: f64,
}

impl PairSums {
    /// Σ u(r) = 4 Σ (r⁻¹² − r⁻⁶).
    pub fn energy(self) -> f64 {
        4.0 * (self.twelve - self.six)
    }

    /// −Σ r u′(r) = 24 Σ (2 r⁻¹² − r⁻⁶).
    pub fn virial(self) -> f64 {
        24.0 * (2.0 * self.twelve - self.six)
    }
}

impl std::ops::AddAssign for PairSums {
    fn add_assign(&mut self, other: Self) {
        self.twelve += other.twelve;
        self.six += other.six;
    }
}

impl std::ops::Sub for PairSums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { twelve: self.twelve - other.twelve, six: self.six - other.six }
    }
}

impl Fluid {
    /// V = N/ρ; in two dimensions an area.
    pub fn volume(&self) -> f64 {
        self.particles as f64 / self.density
    }

    /// The side L of the box.
    pub fn side(&self) -> f64 {
        side(self.volume(), self.dimensions)
    }

    /// The content of a ball: 4πr³/3, or πr² in two dimensions.
    pub fn ball(&self, radius: f64) -> f64 {
        if self.dimensions == 2 { PI * radius * radius } else { 4.0 / 3.0 * PI * radius * radius * radius }
    }

    /// The surface of a ball: 4πr², or 2πr in two dimensions.
    pub fn sphere(&self, radius: f64) -> f64 {
        if self.dimensions == 2 { 2.0 * PI * radius } else { 4.0 * PI * radius * radius }
    }

    /// ∫_{r_c}^∞ S(r) r⁻ⁿ dr with the surface S of the ball.
    fn beyond(&self, power: i32) -> f64 {
        let d = self.dimensions as f64;
        let power = f64::from(power);
        self.sphere(1.0) * libm::pow(self.cutoff, d - power) / (power - d)
    }

    /// The correction of the energy per particle, ½ρ ∫_{r_c}^∞ S(r) u(r) dr: in three dimensions (8/3)πρ (r_c⁻⁹/3 − r_c⁻³); 0 without one.
    pub fn tail_energy(&self) -> f64 {
        if !self.tail_correction {
            return 0.0;
        }
        2.0 * self.density * (self.beyond(12) - self.beyond(6))
    }

    /// The correction of the pressure, −ρ²/(2d) ∫_{r_c}^∞ S(r) r u′(r) dr: in three dimensions (16/3)πρ² (2r_c⁻⁹/3 − r_c⁻³); 0 without one.
    pub fn tail_pressure(&self) -> f64 {
        if !self.tail_correction {
            return 0.0;
        }
        let d = self.dimensions as f64;
        12.0 * self.density * self.density / d * (2.0 * self.beyond(12) - self.beyond(6))
    }

    /// The energy U of a state whose pairs have these sums, correction included.
    pub fn energy(&self, sums: PairSums) -> f64 {
        sums.energy() + self.particles as f64 * self.tail_energy()
    }

    /// The pressure of such a state, ρT − Σ r u′/(dV), correction included: its mean is the pressure of the whole potential, not of
    /// the cut one, whose step at r_c would push too.
    pub fn pressure(&self, sums: PairSums, temperature: f64) -> f64 {
        let virial = sums.virial() / (self.dimensions as f64 * self.volume());
        self.density * temperature + virial + self.tail_pressure()
    }

    /// The square of the distance between the nearest images of two places in the box, each within [0, L).
    #[inline(always)]
    pub fn distance_squared(side: f64, from: [f64; 3], to: [f64; 3]) -> f64 {
        let mut sum = 0.0;
        for axis in 0..3 {
            let apart = (from[axis] - to[axis]).abs();
            let around = side - apart;
            let apart = if apart < around { apart } else { around };
            sum += apart * apart;
        }
        sum
    }

    /// A lattice that fills the box: face-centred cubic where N = 4n³ in three dimensions, else simple cubic (square in two
    /// dimensions) with its vacancies spread evenly.
    pub fn lattice(&self) -> Vec<[f64; 3]> {
        let (n, side) = (self.particles, self.side());
        let cells = libm::round(libm::cbrt(n as f64 / 4.0)) as usize;
        if self.dimensions == 3 && n == 4 * cells.pow(3) {
            let width = side / cells as f64;
            let basis = [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
            let place = |k: usize| {
                let (cell, own) = (k / 4, basis[k % 4]);
                let corner = [cell % cells, cell / cells % cells, cell / (cells * cells)];
                [0, 1, 2].map(|axis| (corner[axis] as f64 + own[axis] + 0.25) * width)
            };
            return (0..n).map(place).collect();
        }
        let rows = (1..).find(|rows: &usize| rows.pow(self.dimensions as u32) >= n).unwrap_or(n);
        let (sites, width) = (rows.pow(self.dimensions as u32), side / rows as f64);
        let place = |k: usize| {
            let site = k * sites / n;
            let corner = [site % rows, site / rows % rows, site / (rows * rows)];
            let flat = self.dimensions == 2;
            [0, 1, 2].map(|axis| if flat && axis == 2 { 0.0 } else { (corner[axis] as f64 + 0.5) * width })
        };
        (0..n).map(place).collect()
    }
}

/// The side of a cube, or of a square, of a given content.
pub fn side(volume: f64, dimensions: usize) -> f64 {
    if dimensions == 2 { libm::sqrt(volume) } else { libm::cbrt(volume) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fluid(particles: usize, density: f64, cutoff: f64) -> Fluid {
        Fluid { particles, dimensions: 3, density, cutoff, tail_correction: true }
    }

    /// Every pair within the cutoff, one by one.
    fn all_pairs(fluid: &Fluid, places: &[[f64; 3]]) -> PairSums {
        let mut sums = PairSums::default();
        for (k, from) in places.iter().enumerate() {
            for to in &places[k + 1..] {
                let square = Fluid::distance_squared(fluid.side(), *from, *to);
                if square < fluid.cutoff * fluid.cutoff {
                    let six = 1.0 / (square * square * square);
                    sums += PairSums { twelve: six * six, six };
                }
            }
        }
        sums
    }

    /// The fourth of NIST's sample configurations: 30 particles in a box of the side 8, "Lennard-Jones fluid reference calculations:
    /// cuboid cell", NIST Standard Reference Simulation Website, doi:10.18434/T4M88Q.
    const NIST: [[f64; 3]; 30] = [
        [1.077169909511, -1.020988125886, -1.348259447733],
        [0.1830884592213, -1.557698231574, -1.782405485883],
        [-2.060346185437, 3.927378276290, 3.889555115290],
        [1.936298049102, 0.7181973326223, 3.715169082037],
        [-0.7514139041700, -0.4184139469527, -3.250183630687],
        [2.257391305584, -1.126577405146, -2.291542913197],
        [0.1208868721243, -1.395611520000, 2.003709382777],
        [3.327427055092, -1.476502868105, 3.394023898450],
        [2.130927328546, -1.106827632561, -0.1972896367169],
        [2.117442019559, -0.1844743512029, 0.9301638993772],
        [-1.459378119580, 2.382882188329, -3.788199401470],
        [2.432313424884, -1.118537915440, -1.224088264651],
        [2.416845366530, 1.845499053895, 2.906107003288],
        [2.515247912050, 0.03580976978134, -2.445590080636],
        [1.113585242376, -2.478011342991, -0.008092189527960],
        [1.261664073561, 1.075432348722, -2.751715752259],
        [-0.5811873476022, -2.429378395199, 2.668996832737],
        [-1.533182296119, 2.319699660489, 1.762429379767],
        [2.639946585704, -0.7847515599358, 2.251233247739],
        [-1.927486378623, -1.432729425739, -2.439226375584],
        [0.9212801355440, -2.427925517025, 2.150024430246],
        [2.114172305774, 0.9586575168591, -1.790678078404],
        [-0.7312380271746, -3.366157234697, 0.1376597954432],
        [1.612569300954, -0.9233415846164, 2.037484769332],
        [3.967911812136, 0.2002508998947, 2.659432175592],
        [1.188751191387, -0.05955638413419, -0.7363070447875],
        [3.789497702433, 1.570674334424, 0.7265918374820],
        [2.786625773109, -1.524167484397, 0.8358187540631],
        [-1.629362446504, -1.139061532617, -0.7654084051377],
        [2.592655226763, 3.786335083587, -1.252452130644],
    ];

    #[test]
    fn energies_virials_and_corrections_are_those_that_nist_publishes() {
        // U, W = −Σ r u′ and the correction of the energy, to the five digits published.
        for (cutoff, energy, virial, tail) in
            [(3.0, -1.6790e1, -4.6249e1, -5.4517e-1), (4.0, -1.7060e1, -4.7869e1, -2.3008e-1)]
        {
            let fluid = fluid(30, 30.0 / 512.0, cutoff);
            let sums = all_pairs(&fluid, &NIST.map(|place| place.map(|x| x + 4.0)));
            for (found, published) in
                [(sums.energy(), energy), (sums.virial(), virial), (30.0 * fluid.tail_energy(), tail)]
            {
                assert!((found / published - 1.0_f64).abs() < 3.1e-5, "r_c = {cutoff}: {found}, {published}");
            }
        }
        // 800 particles in a box of the side 10.
        for (cutoff, tail) in [(3.0, -1.9849e2), (4.0, -8.3769e1)] {
            let found = 800.0 * fluid(800, 0.8, cutoff).tail_energy();
            assert!((found / tail - 1.0).abs() < 3e-5, "{found}");
        }
    }

    #[test]
    fn corrections_are_the_integrals_that_they_stand_for() {
        for dimensions in [2, 3] {
            let fluid = Fluid { dimensions, ..fluid(100, 0.6, 2.5) };
            // By the trapezoidal rule in ln r.
            let (mut energy, mut pressure) = (0.0, 0.0);
            let (steps, end) = (200_000, libm::log(1e4));
            let start = libm::log(2.5);
            let step = (end - start) / f64::from(steps);
            for k in 0..=steps {
                let r = libm::exp(start + step * f64::from(k));
                let weight = if k == 0 || k == steps { 0.5 } else { 1.0 } * step * r;
                let shell = weight * fluid.sphere(r);
                energy += 0.5 * 0.6 * shell * 4.0 * (libm::pow(r, -12.0) - libm::pow(r, -6.0));
                let slope = 4.0 * (-12.0 * libm::pow(r, -13.0) + 6.0 * libm::pow(r, -7.0));
                pressure -= 0.36 / (2.0 * dimensions as f64) * shell * r * slope;
            }
            assert!((fluid.tail_energy() / energy - 1.0).abs() < 1e-7, "{dimensions}");
            assert!((fluid.tail_pressure() / pressure - 1.0).abs() < 1e-7, "{dimensions}");
            assert_eq!(Fluid { tail_correction: false, ..fluid }.tail_pressure(), 0.0);
        }
    }

    #[test]
    fn a_crystal_has_the_energy_and_the_pressure_of_the_infinite_lattice_sums() {
        // A₁₂ and A₆ of the face-centred cubic lattice, in units of the nearest distance (J. E. Jones and A. E. Ingham 1925,
        // doi:10.1098/rspa.1925.0047).
        let (twelve, six) = (12.131_880_2, 14.453_920_9);
        let fluid = fluid(4 * 512, 1.0, 5.5);
        let nearest = fluid.side() / 8.0 / libm::sqrt(2.0);
        let (repelled, attracted) = (twelve * libm::pow(nearest, -12.0), six * libm::pow(nearest, -6.0));
        let sums = all_pairs(&fluid, &fluid.lattice());
        let energy = fluid.energy(sums) / 2048.0;
        let exact = 2.0 * (repelled - attracted);
        // What is beyond the cutoff counts 0.05, in shells that the correction takes for a continuum.
        assert!((energy - exact).abs() < 0.05 * fluid.tail_energy().abs(), "{energy}, {exact}");
        let pressure = fluid.pressure(sums, 0.0);
        let exact = 4.0 * (2.0 * repelled - attracted);
        assert!((pressure - exact).abs() < 0.05 * fluid.tail_pressure().abs(), "{pressure}, {exact}");
    }

    #[test]
    fn lattices_fill_the_box_with_as_many_particles_as_there_are() {
        for (dimensions, particles) in [(3, 108), (3, 256), (3, 7), (3, 100), (2, 16), (2, 30)] {
            let fluid = Fluid { dimensions, ..fluid(particles, 0.8, 0.5) };
            let places = fluid.lattice();
            assert_eq!(places.len(), particles);
            let side = fluid.side();
            let mut least = f64::INFINITY;
            for (k, from) in places.iter().enumerate() {
                assert!(from.iter().all(|x| (0.0..side).contains(x)), "{from:?}");
                assert!(dimensions == 3 || from[2] == 0.0);
                for to in &places[k + 1..] {
                    least = least.min(Fluid::distance_squared(side, *from, *to));
                }
            }
            // Nearest neighbours of fcc at the density 0.8 are 1.209 apart; of 125 sites for 100 particles 1.000.
            assert!(least > 0.8, "{particles} particles come as near as {}", libm::sqrt(least));
            assert!(particles != 108 || (libm::sqrt(least) - 1.2092).abs() < 1e-4, "{least}");
        }
    }
}

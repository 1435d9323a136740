//! Ground states of chains: powers of a transfer matrix whose sum is "the lower energy" and whose product adds energies.
//!
//! Energies are kept as whole numbers of like bonds and of magnetisation, so that equal ones are told from close ones.

use crate::exact::boltzmann::Level;

/// The best of some states: Σ s s′ (or the number of like bonds), Σ s, and ln of how many there are.
#[derive(Clone, Copy)]
struct Best {
    bonds: i64,
    magnetization: i64,
    log: f64,
}

type Matrix = [[Option<Best>; 2]; 2];

/// J and h.
#[derive(Clone, Copy)]
struct Energy {
    coupling: f64,
    field: f64,
}

impl Energy {
    fn either(self, a: Option<Best>, b: Option<Best>) -> Option<Best> {
        let (Some(x), Some(y)) = (a, b) else { return a.or(b) };
        let bonds = -self.coupling * (x.bonds - y.bonds) as f64;
        let fields = -self.field * (x.magnetization - y.magnetization) as f64;
        let difference = bonds + fields;
        if difference.abs() <= 1e-13 * (bonds.abs() + fields.abs()) {
            let (more, less) = if x.log >= y.log { (x.log, y.log) } else { (y.log, x.log) };
            return Some(Best { log: more + libm::log1p(libm::exp(less - more)), ..x });
        }
        if difference < 0.0 { a } else { b }
    }

    fn product(self, a: &Matrix, b: &Matrix) -> Matrix {
        let mut result: Matrix = [[None; 2]; 2];
        for (i, row) in result.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = self.either(joined(a[i][0], b[0][j]), joined(a[i][1], b[1][j]));
            }
        }
        result
    }

    fn power(self, matrix: Matrix, mut exponent: u64) -> Matrix {
        let one = Some(Best { bonds: 0, magnetization: 0, log: 0.0 });
        let (mut result, mut square) = ([[one, None], [None, one]], matrix);
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = self.product(&result, &square);
            }
            square = self.product(&square, &square);
            exponent /= 2;
        }
        result
    }

    fn level(self, best: Option<Best>) -> Level {
        let Some(best) = best else { return Level { energy: f64::NAN, degeneracy: f64::NAN } };
        let count = libm::exp(best.log);
        Level {
            energy: 0.0 - self.coupling * best.bonds as f64 - self.field * best.magnetization as f64,
            degeneracy: if count < 1e12 { libm::round(count) } else { count },
        }
    }
}

fn joined(a: Option<Best>, b: Option<Best>) -> Option<Best> {
    let (a, b) = (a?, b?);
    Some(Best {
        bonds: a.bonds + b.bonds,
        magnetization: a.magnetization + b.magnetization,
        log: a.log + b.log,
    })
}

/// The ground level of the Ising chain.
pub(super) fn ising(size: u64, coupling: f64, field: f64, ring: bool) -> Level {
    let energy = Energy { coupling, field };
    let spin = [1, -1];
    // A step goes over one bond to the next spin, whose field it counts.
    let step = spin.map(|from| spin.map(|to| Some(Best { bonds: from * to, magnetization: to, log: 0.0 })));
    if ring {
        let power = energy.power(step, size);
        return energy.level(energy.either(power[0][0], power[1][1]));
    }
    let power = energy.power(step, size - 1);
    let first = |index: usize| Some(Best { bonds: 0, magnetization: spin[index], log: 0.0 });
    let ends = (0..2).flat_map(|i| (0..2).map(move |j| (i, j)));
    energy.level(ends.fold(None, |best, (i, j)| energy.either(best, joined(first(i), power[i][j]))))
}

/// The ground level of the Potts chain: the next spin is in the first one's state, or in one of the q − 1 others.
pub(super) fn potts(size: u64, coupling: f64, states: f64, ring: bool) -> Level {
    let energy = Energy { coupling, field: 0.0 };
    let step = |bonds: i64, count: f64| {
        (count > 0.0).then(|| Best { bonds, magnetization: 0, log: libm::log(count) })
    };
    // To the first state and to any one of the others.
    let matrix = [
        [step(1, 1.0), step(0, states - 1.0)],
        [step(0, 1.0), energy.either(step(1, 1.0), step(0, states - 2.0))],
    ];
    let all = step(0, states);
    if ring {
        return energy.level(joined(all, energy.power(matrix, size)[0][0]));
    }
    let power = energy.power(matrix, size - 1);
    energy.level(joined(all, energy.either(power[0][0], power[0][1])))
}

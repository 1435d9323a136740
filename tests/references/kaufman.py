"""Kaufman's formula for the square-lattice Ising torus in 60-digit arithmetic: writes kaufman.csv beside this file.

B. Kaufman, Phys. Rev. 76 (1949) 1232. ln Z is evaluated by the formula as printed, products and all, with 170 digits; energy
and specific heat are its central differences in K with a step of 1e-30, so that no derivative formula is shared with gibbs.
J = k_B = 1. Run: python3 kaufman.py (mpmath 1.3).
"""

import pathlib

from mpmath import mp, mpf, acosh, cos, cosh, exp, log, nstr, pi, sinh, sqrt, tanh

mp.dps = 170
STEP = mpf(10) ** -30


def log_partition(rows, columns, k):
    # Products over the modes of the shorter side.
    m, n = max(rows, columns), min(rows, columns)
    product = [mpf(1)] * 4
    for r in range(n):
        for odd in (1, 0):
            index = 2 * r + odd
            if index == 0:
                gamma = 2 * k + log(tanh(k))
            else:
                gamma = acosh(cosh(2 * k) / tanh(2 * k) - cos(pi * index / n))
            first = 0 if odd else 2
            product[first] *= 2 * cosh(m * gamma / 2)
            product[first + 1] *= 2 * sinh(m * gamma / 2)
    return log(sum(product) / 2) + mpf(m * n) / 2 * log(2 * sinh(2 * k))


def main():
    critical = 2 / log(1 + sqrt(mpf(2)))
    temperatures = ["0.1", "0.2", "0.35", "0.5", "0.8", "1.2", "1.7", "2.0", "2.2", "2.26", "critical", "2.27", "2.3",
                    "2.5", "3.0", "4.0", "7.0", "15.0", "40.0", "100.0"]
    lines = ["rows,columns,temperature,log_partition_per_site,energy_per_site,specific_heat"]
    for rows, columns in [(2, 2), (3, 5), (4, 4), (16, 16), (12, 40), (64, 64), (129, 129), (256, 256), (1024, 1024)]:
        for name in temperatures:
            # The temperature is a double, as in the program; T_c the double nearest to it.
            t = mpf(float(critical)) if name == "critical" else mpf(float(name))
            if rows == 1024 and name not in ("0.5", "2.26", "critical", "2.3", "100.0"):
                continue
            k = 1 / t
            low, middle, high = (log_partition(rows, columns, k + d * STEP) for d in (-1, 0, 1))
            sites = rows * columns
            energy = -(high - low) / (2 * STEP) / sites
            heat = k * k * (high - 2 * middle + low) / STEP**2 / sites
            numbers = [nstr(x, 25) for x in (middle / sites, energy, heat)]
            lines.append(",".join([str(rows), str(columns), repr(float(t))] + numbers))
    path = pathlib.Path(__file__).with_name("kaufman.csv")
    path.write_text("\n".join(lines) + "\n")


main()

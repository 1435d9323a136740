"""Partition functions of continuous landscapes in 30-digit arithmetic: writes landscape.csv beside this file.

Z = int exp(-E/T) over a box and U = int E exp(-E/T) / Z, by mpmath's tanh-sinh quadrature on pieces of the box; gibbs uses
Gauss-Legendre rules. Where y enters as a Gaussian, its integral is taken as an error function, and separable functions are
products of integrals over one coordinate. The turned function of two coordinates is not separable: its tanh-sinh rule is
evaluated with numpy in the 80-bit arithmetic of x86, 19 digits, at two step sizes that must agree to 15.
k_B = 1. Run: python3 landscape.py (mpmath 1.3, numpy 1.20, or later).
"""

import pathlib

import numpy as np
from mpmath import cos, erf, exp, linspace, log, mp, mpf, nstr, pi, quad, sin, sqrt

mp.dps = 30


def one(energy, low, high, pieces, t):
    cuts = linspace(low, high, pieces + 1)
    z = quad(lambda x: exp(-energy(x) / t), cuts)
    return log(z), quad(lambda x: energy(x) * exp(-energy(x) / t), cuts) / z


def narrow(barrier, distance, tilt, stiffness, squeeze, low, high, t):
    """The double well in two dimensions on a box that is symmetric in y: with k = stiffness exp(squeeze x/distance),
    int exp(-k y^2/2T) dy = sqrt(2 pi T/k) erf(h sqrt(k/2T)), and its mean of k y^2/2 by parts."""
    h = mpf(high)

    def along(x):
        return barrier * ((x / distance) ** 2 - 1) ** 2 + tilt * x / distance

    def k(x):
        return stiffness * exp(squeeze * x / distance)

    def across(x):
        return sqrt(2 * pi * t / k(x)) * erf(h * sqrt(k(x) / (2 * t)))

    def moment(x):
        return t / 2 * (across(x) - 2 * h * exp(-k(x) * h * h / (2 * t)))

    cuts = linspace(low, high, 25)
    z = quad(lambda x: exp(-along(x) / t) * across(x), cuts)
    u = quad(lambda x: exp(-along(x) / t) * (along(x) * across(x) + moment(x)), cuts)
    return log(z), u / z


def rule(low, high, pieces, step):
    """Nodes and weights of the tanh-sinh rule x = tanh(pi/2 sinh u) on pieces of an interval."""
    half_pi = np.longdouble("1.5707963267948966192313216916397514")
    u = np.arange(-4, 4 + step / 2, step, dtype=np.longdouble)
    x = np.tanh(half_pi * np.sinh(u))
    w = step * half_pi * np.cosh(u) / np.cosh(half_pi * np.sinh(u)) ** 2
    half = np.longdouble(high - low) / (2 * pieces)
    middles = [low + half * (2 * k + 1) for k in range(pieces)]
    return np.concatenate([m + half * x for m in middles]), np.concatenate([half * w for _ in middles])


def turned(curvature, amplitude, degrees, low, high, t):
    t = np.longdouble(nstr(t, 25))
    pi_ = np.longdouble("3.1415926535897932384626433832795029")
    angle = np.longdouble(degrees) * pi_ / 180
    c, s = np.cos(angle), np.sin(angle)
    found = []
    for step in (np.longdouble(1) / 16, np.longdouble(1) / 32):
        x, w = rule(low, high, 12, step)
        z = u = np.longdouble(0)
        for y, v in zip(x, w):
            ripples = 2 - np.cos(2 * pi_ * (c * x + s * y)) - np.cos(2 * pi_ * (c * y - s * x))
            e = curvature * (x * x + y * y) / 2 + amplitude * ripples
            p = v * w * np.exp(-e / t)
            z, u = z + p.sum(), u + (e * p).sum()
        found.append((np.log(z), u / z))
    for one, other in zip(*found):
        assert abs(one - other) < 1e-15 * max(1, abs(other)), (one, other)
    return tuple(mpf(np.format_float_scientific(value, precision=18)) for value in found[1])


rows = ["case,temperature,log_partition,energy"]


def put(case, t, values):
    rows.append(",".join([case, nstr(t, 6)] + [nstr(value, 15) for value in values]))


for t in map(mpf, ("0.02", "0.3", "1", "5", "-0.5")):
    put("double_well", t, one(lambda x: (x * x - 1) ** 2 + mpf("0.3") * x, -3, 3, 48, t))
for t in map(mpf, ("0.02", "0.3", "1", "5")):
    put("squeezed", t, narrow(1, 1, mpf("0.2"), 4, 1, -3, 3, t))
for t in map(mpf, ("0.05", "0.3", "1", "10")):
    u, v = one(lambda x: x * x / 2 + 1 - cos(2 * pi * x), -3, 3, 48, t)
    put("separable", t, (2 * u, 2 * v))
for t in map(mpf, ("0.5", "2")):
    put("turned", t, turned(1, 1, 30, -3, 3, t))
for t in map(mpf, ("0.1", "0.5")):
    put("gentle", t, turned(1, np.longdouble(1) / 2, 30, -3, 3, t))

pathlib.Path(__file__).with_name("landscape.csv").write_text("\n".join(rows) + "\n")

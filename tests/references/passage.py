"""Mean first-passage times of overdamped motion in E = b (x^2 - 1)^2 + t x on [-2.5, 3] with reflecting walls, to 30 digits.

Needs mpmath. `python3 passage.py > passage.csv`
"""
from mpmath import mp, mpf, quad, exp, polyroots, linspace, re

mp.dps = 30
LOW, HIGH = mpf("-2.5"), mpf(3)

print("barrier,tilt,temperature,left_to_right,right_to_left")
for b, t, T in [("1", "0", "0.2"), ("1", "0", "1"), ("1", "0.3", "0.25"), ("1", "-0.4", "0.5"), ("2", "0.5", "0.3")]:
    b, t, T = mpf(b), mpf(t), mpf(T)
    E = lambda x: b * (x * x - 1) ** 2 + t * x
    left, top, right = sorted(re(root) for root in polyroots([4 * b, 0, -4 * b, t], maxsteps=200, extraprec=200))

    # Fubini: the inner integral is tabulated by pieces, each added to what lies before.
    def passage(f, start, end, wall):
        total, before, places = mpf(0), quad(lambda z: exp(-f(z) / T), linspace(wall, start, 6)), linspace(start, end, 13)
        for u, v in zip(places, places[1:]):
            total += quad(lambda y: exp(f(y) / T) * (before + quad(lambda z: exp(-f(z) / T), [u, y])), [u, v])
            before += quad(lambda z: exp(-f(z) / T), [u, v])
        return total / T

    one = passage(E, left, right, LOW)
    other = passage(lambda x: E(-x), -right, -left, -HIGH)
    print(",".join([mp.nstr(x, 6) for x in (b, t, T)] + [mp.nstr(x, 18) for x in (one, other)]))

#!/usr/bin/env python3
"""Speed of gibbs beside other programs for the Ising model: mcising, peapods, and plain code compiled by numba.

    cargo build --release
    python3 benches/peers/peers.py                        # three minutes of CPU time
    python3 benches/peers/peers.py --rounds 1 --seconds 0.1 --output /tmp/table.md     # a first look

Needs Python 3.10 or later and, the first time, a network: the peers of `requirements.txt` are installed by pip into a
virtual environment of their own (`--venv`, by default beside the build, `target/peers`).

What is measured
    The square lattice, L × L spins with periodic boundaries, J = 1, no field, at T_c = 2/ln(1 + √2), one thread.

    single spins   flips *tried* per nanosecond (a sweep tries L² of them)
    Swendsen–Wang  nanoseconds per site and sweep
    Wolff          nanoseconds per spin that is flipped

    Time is CPU time, user and system, so that a busy machine disturbs less; it still disturbs, through shared caches and
    clocks. Programs take turns, round by round; the median of the rounds is given.

    gibbs    The whole program with `--threads 1`, twice, with run-ins of two lengths: what the start, the writing and the
             analysis of the results take is in both and cancels. A sweep includes measuring the energy. `checkerboard`
             chooses spins by the colours of a checkerboard and `metropolis` at random. With Wolff's algorithm the measured
             sweeps have two lengths in place of the run-in, so that the analysis counts, and flips are those that the program
             tells (`updates_per_spin` of tables/chains.csv).
    mcising  `IsingSimulation.sweep` from a state that 50 sweeps of Swendsen and Wang's algorithm made; the flips of Wolff's
             algorithm are those that it returns. Energies are not measured.
    peapods  `Ising.sample(sequential=True)`, which has no cluster updates alone: each comes with a sweep of single spins,
             whose time is taken off. The flips of Wolff's algorithm are not reported; the mean cluster has L² ⟨m²⟩ sites, and
             ⟨m²⟩ is that of the same sample, whose scatter is in the number.
    numba    The textbook's loops, below: spins chosen at random, a table of e^(−βΔE), a stack for the cluster, and Marsaglia's
             xorshift64, since numba's own generator takes most of the time of a flip. Energies are not measured. Without
             Swendsen–Wang.

No number makes it fail, and none is a promise: compare ratios, on your machine.
"""

import argparse
import csv
import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
T_C = 2 / math.log(1 + math.sqrt(2))
SIDES = (64, 256, 1024)
PROGRAMS = ("gibbs", "mcising", "peapods", "numba")
# What each program calls its samplers, and a guess of nanoseconds per site that sets how many sweeps are timed.
SAMPLERS = {
    "gibbs": {"checkerboard": 0.08, "metropolis": 12, "swendsen_wang": 20, "wolff": 20},
    "mcising": {"metropolis": 8, "swendsen_wang": 40, "wolff": 10},
    "peapods": {"metropolis": 25, "swendsen_wang": 50, "wolff": 20},
    "numba": {"metropolis": 12, "wolff": 15},
}
LABELS = {
    ("gibbs", "checkerboard"): "gibbs, checkerboard",
    ("gibbs", "metropolis"): "gibbs, random order",
}
SECTIONS = (
    (("checkerboard", "metropolis"), "Single spins: flips tried per ns (more is faster)"),
    (("swendsen_wang",), "Swendsen–Wang: ns per site (less is faster)"),
    (("wolff",), "Wolff: ns per flipped spin (less is faster)"),
)


def sweeps_for(guess, side, seconds):
    """How many sweeps of L² sites take about so many seconds; at least four."""
    return max(4, round(seconds * 1e9 / (guess * side * side)))


def per_unit(sampler, seconds, sites):
    """The number of the table from CPU seconds and the sites that they went to."""
    nanoseconds = seconds * 1e9 / sites
    return 1 / nanoseconds if sampler in ("checkerboard", "metropolis") else nanoseconds


# ── gibbs, from outside ─────────────────────────────────────────────────────────────────────────────────────────────


def run_gibbs(binary, folder, sampler, side, run_in, sweeps):
    """CPU seconds of one run, and the flips per site of its measured sweeps."""
    experiment = folder / "peer.toml"
    experiment.write_text(
        f"""kind = "sweep"
title = "Speed"
temperature = {T_C!r}
[model.ising]
lattice = "square"
size = {side}
[sampler]
algorithm = "{sampler}"
[budget]
thermalize = {run_in}
sweeps = {sweeps}
replicas = 1
"""
    )
    command = [binary, "run", experiment, "--no-report", "--fresh", "--quiet", "--threads", "1", "--results", folder / "results"]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"gibbs failed: {command}")
    with open(folder / "results" / "peer" / "latest" / "tables" / "chains.csv", newline="") as table:
        updates = statistics.mean(float(row["updates_per_spin"]) for row in csv.DictReader(table))
    return usage.ru_utime + usage.ru_stime, updates * sweeps


def measure_gibbs(binary, sampler, side, seconds):
    """The number of the table for gibbs."""
    # A hundred measured sweeps are the fewest that gibbs does, and are in both runs; no fewer make the difference.
    least = 100
    sweeps = max(sweeps_for(SAMPLERS["gibbs"][sampler], side, seconds), least)
    with tempfile.TemporaryDirectory() as folder:
        run = lambda *lengths: run_gibbs(binary, pathlib.Path(folder), sampler, side, *lengths)
        if sampler == "wolff":
            # How many clusters make a sweep is found in the run-in, and differs from run to run: only a much longer run has
            # more flips for certain.
            sweeps = 3 * max(sweeps, least)
            (short, few), (long, many) = run(30, least), run(30, least + sweeps)
            return per_unit(sampler, long - short, (many - few) * side * side)
        (short, _), (long, _) = run(sweeps // 4, least), run(sweeps + sweeps // 4, least)
    return per_unit(sampler, long - short, sweeps * side * side)


# ── the peers, each round in a process of its own, with the virtual environment's Python ────────────────────────────


def timed(work):
    """CPU seconds of a call, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure_mcising(side, seconds, seed):
    from mcising import IsingSimulation

    build = lambda sampler: IsingSimulation(side, 1.0, 0.0, 0.0, 0.0, seed, sampler)
    warm = build("swendsen_wang")
    warm.sweep(50, temperature=T_C)
    spins = warm.get_spins()
    for sampler, guess in SAMPLERS["mcising"].items():
        simulation = build(sampler)
        simulation.set_spins(spins)
        if sampler != "wolff":
            sweeps = sweeps_for(guess, side, seconds)
            used, _ = timed(lambda: simulation.sweep(sweeps, temperature=T_C))
            yield sampler, per_unit(sampler, used, sweeps * side * side)
            continue
        # One cluster to a sweep; of the three numbers that come back the first counts flipped spins.
        used, flipped = 0.0, 0
        while used < seconds:
            more, (flips, _, _) = timed(lambda: simulation.sweep(20, temperature=T_C))
            used, flipped = used + more, flipped + flips
        yield sampler, per_unit(sampler, used, flipped)


def measure_peapods(side, seconds, _seed):
    import numpy
    from peapods import Ising

    model = Ising((side, side), temperatures=numpy.array([T_C]))
    settings = {"warmup_ratio": 0.0, "sequential": True}
    model.sample(50, cluster_update_interval=1, cluster_mode="sw", **settings)
    plain = SAMPLERS["peapods"]["metropolis"]
    sweeps = sweeps_for(plain, side, seconds)
    used, _ = timed(lambda: model.sample(sweeps, **settings))
    single = used / sweeps
    yield "metropolis", per_unit("metropolis", single, side * side)
    for sampler, mode in (("swendsen_wang", "sw"), ("wolff", "wolff")):
        sweeps = sweeps_for(SAMPLERS["peapods"][sampler] + plain, side, 2 * seconds)
        used, found = timed(
            lambda: model.sample(sweeps, cluster_update_interval=1, cluster_mode=mode, **settings)
        )
        share = float(found["mags2"][0]) if sampler == "wolff" else 1.0
        yield sampler, per_unit(sampler, used / sweeps - single, share * side * side)


def measure_numba(side, seconds, seed):
    import numba
    import numpy

    # Sides are powers of two, so that masks stand for the remainders of neighbours across the edge.
    @numba.njit
    def draw(word):
        word ^= word << numpy.uint64(13)
        word ^= word >> numpy.uint64(7)
        return word ^ (word << numpy.uint64(17))

    @numba.njit
    def uniform(word):
        return (word >> numpy.uint64(11)) * 2.0**-53

    @numba.njit
    def neighbours(site, side):
        mask, sites = side - 1, side * side
        row, column = site & ~mask, site & mask
        return (
            row | ((column + 1) & mask),
            row | ((column - 1) & mask),
            (site + side) & (sites - 1),
            (site - side) & (sites - 1),
        )

    @numba.njit
    def metropolis(spins, side, sweeps, table, word):
        sites = side * side
        for _ in range(sweeps * sites):
            word = draw(word)
            site = numpy.int64(word >> numpy.uint64(32)) & (sites - 1)
            right, left, below, above = neighbours(site, side)
            gain = spins[site] * (spins[right] + spins[left] + spins[below] + spins[above])
            word = draw(word)
            if uniform(word) < table[gain + 4]:
                spins[site] = -spins[site]
        return word

    @numba.njit
    def wolff(spins, side, clusters, add, word):
        sites = side * side
        stack = numpy.empty(sites, numpy.int64)
        flipped = 0
        for _ in range(clusters):
            word = draw(word)
            site = numpy.int64(word >> numpy.uint64(32)) & (sites - 1)
            like = spins[site]
            spins[site] = -like
            stack[0], height = site, 1
            while height:
                height -= 1
                flipped += 1
                for other in neighbours(stack[height], side):
                    if spins[other] == like:
                        word = draw(word)
                        if uniform(word) < add:
                            spins[other] = -like
                            stack[height] = other
                            height += 1
        return flipped, word

    table = numpy.minimum(1, numpy.exp(-2 * numpy.arange(-4, 5) / T_C))
    add = 1 - math.exp(-2 / T_C)
    spins = numpy.ones(side * side, numpy.int8)
    word = numpy.uint64(0x9E3779B97F4A7C15 + seed)
    # Compile, then relax. What comes back is a Python integer; any other type than the first would compile anew.
    word = numpy.uint64(metropolis(spins, side, 1, table, word))
    word = numpy.uint64(wolff(spins, side, 50, add, word)[1])
    sweeps = sweeps_for(SAMPLERS["numba"]["metropolis"], side, seconds)
    used, word = timed(lambda: metropolis(spins, side, sweeps, table, word))
    word = numpy.uint64(word)
    yield "metropolis", per_unit("metropolis", used, sweeps * side * side)
    used, flipped = 0.0, 0
    while used < seconds:
        more, (flips, word) = timed(lambda: wolff(spins, side, 20, add, word))
        used, flipped, word = used + more, flipped + flips, numpy.uint64(word)
    yield "wolff", per_unit("wolff", used, flipped)


def work(program, seconds, seed):
    """What a peer's process does: all sides and samplers, a line of JSON for each."""
    measure = {"mcising": measure_mcising, "peapods": measure_peapods, "numba": measure_numba}[program]
    for side in SIDES:
        for sampler, value in measure(side, seconds, seed):
            print(json.dumps([sampler, side, value]), flush=True)


# ── all together ────────────────────────────────────────────────────────────────────────────────────────────────────


def environment(folder):
    """The Python of the virtual environment, with the peers installed."""
    python = folder / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r", str(HERE / "requirements.txt")]
        subprocess.run([str(python), *install], check=True)
        stamp.write_text(wanted)
    return python


def processor():
    """The processor's name and what vectors it has, as far as Linux tells."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    value = lambda key: next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")
    flags = value("flags").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "SSE2")
    return f"{value('model name') or platform.machine()}, {vectors}, {os.cpu_count()} cores"


def number(value):
    """Two significant digits, three from 10 on."""
    return f"{value:.3g}" if value >= 10 else f"{value:.2g}"


def table(found, rounds, versions):
    """The Markdown of the table."""
    today = datetime.date.today().isoformat()
    load = f" under a load of {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    lines = [
        "# gibbs beside other programs",
        "",
        f"{today}; {processor()}{load}; one thread. The square Ising lattice at $T_c$. CPU time, the median of {rounds} rounds",
        "in turn, the least and the largest in brackets. What is measured, and how, is told in [`peers.py`](peers.py), which wrote this",
        f"file. {versions}.",
    ]
    for samplers, title in SECTIONS:
        lines += ["", f"| {title} |" + "".join(f" L = {side} |" for side in SIDES), "|---|" + "---:|" * len(SIDES)]
        for program in PROGRAMS:
            for sampler in (name for name in samplers if name in SAMPLERS[program]):
                cells = []
                for side in SIDES:
                    values = found.get((program, sampler, side), [])
                    middle, ends = (statistics.median(values), (min(values), max(values))) if values else (None, None)
                    cells.append(f"{number(middle)} ({number(ends[0])}–{number(ends[1])})" if values else "–")
                lines.append(f"| {LABELS.get((program, sampler), program)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gibbs", type=pathlib.Path, default=ROOT / "target" / "release" / "gibbs", help="the program")
    parser.add_argument("--venv", type=pathlib.Path, default=ROOT / "target" / "peers", help="where the peers are installed")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median is given")
    parser.add_argument("--seconds", type=float, default=0.25, help="about so much CPU time for each number")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "table.md", help="where the table goes")
    parser.add_argument("--worker", nargs=2, metavar=("PROGRAM", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options.worker[0], options.seconds, int(options.worker[1]))
    if not options.gibbs.exists():
        raise SystemExit(f"no {options.gibbs}: run `cargo build --release`, or name the program with --gibbs")

    python = environment(options.venv)
    listed = subprocess.run([str(python), "-m", "pip", "list", "--format", "json"], check=True, capture_output=True, text=True)
    installed = {package["name"]: package["version"] for package in json.loads(listed.stdout)}
    version = subprocess.run([str(options.gibbs), "--version"], check=True, capture_output=True, text=True).stdout.strip()
    versions = ", ".join([version, *(f"{name} {installed[name]}" for name in PROGRAMS[1:]), f"Python {platform.python_version()}"])

    found = {}
    for turn in range(options.rounds):
        for program in PROGRAMS:
            print(f"round {turn + 1} of {options.rounds}: {program}", file=sys.stderr, flush=True)
            if program == "gibbs":
                rows = [
                    (sampler, side, measure_gibbs(options.gibbs, sampler, side, options.seconds))
                    for side in SIDES
                    for sampler in SAMPLERS["gibbs"]
                ]
            else:
                command = [str(python), __file__, "--worker", program, str(turn + 1), "--seconds", str(options.seconds)]
                one = {**os.environ, "RAYON_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
                output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=one).stdout
                rows = [json.loads(line) for line in output.splitlines()]
            for sampler, side, value in rows:
                found.setdefault((program, sampler, side), []).append(value)
    text = table(found, options.rounds, versions)
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.bars.decisions [--pairs 1000]`: how often the verdicts are right where the truth is known.

Prints tables in Markdown, the same data judged by pytest-benchmark's own comparison and by a bare 10 % beside ours.
Exit 0: every bar is met; 1: not.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from pytest_benchmark.stats import Stats
from pytest_benchmark.utils import PercentageRegressionCheck

from benchmarks.bars.shapes import SHAPES, Series, drawn, interleaved
from benchmarks.blocks import Build
from benchmarks.deciding import looks_of
from benchmarks.decision import Change, Samples, decide
from benchmarks.rounds import standing
from benchmarks.settings import read_settings

ROUNDS = 20
SPREADS = (0.03, 0.20)  # each A/A pair draws its own between these
NOISY = (0.10, 0.20)
MOST_FALSE, LEAST_SEEN_10, LEAST_SEEN_5, LEAST_UNSURE = 0.01, 0.99, 0.95, 0.95
BARE = 0.10

type Judge = Callable[[Series, Series], Change]


@dataclass(frozen=True, slots=True)
class Row:
    """What each judge said of one kind of data, as shares of the pairs; `bar` says whether ours met its own."""

    what: str
    ours: dict[Change, float]
    peers: tuple[float, ...]
    limit: str = ""
    met: bool = True

    def __str__(self) -> str:
        shares = [self.ours[change] for change in (Change.WORSE, Change.BETTER, Change.SAME, Change.INCONCLUSIVE)]
        cells = [f"{100 * share:.1f}" for share in (*shares, *self.peers)]
        return f"| {' | '.join((self.what, *cells, self.limit, 'yes' if self.met else 'NO'))} |"


def ours(base: Series, candidate: Series) -> Change:
    return decide(list(base), list(candidate)).verdict


def pytest_benchmark_5(base: Series, candidate: Series) -> Change:
    """What `--benchmark-compare-fail=mean:5%` says; it knows only "failed"."""
    before, after = ({"mean": _stats(series).mean} for series in (base, candidate))
    failed = PercentageRegressionCheck("mean", 5).fails(after, before)
    return Change.WORSE if failed else Change.SAME


def bare(base: Series, candidate: Series) -> Change:
    """The medians differ by a tenth."""
    ratio = float(np.median(candidate) / np.median(base))
    return Change.WORSE if ratio > 1 + BARE else Change.BETTER if ratio < 1 - BARE else Change.SAME


PEERS: tuple[Judge, ...] = (pytest_benchmark_5, bare)


def _stats(series: Series) -> Stats:
    stats = Stats()
    for value in series:
        stats.update(float(value))
    return stats


def rows(random: Generator, pairs: int) -> Iterator[Row]:
    """A/A of each shape over all spreads, then what must be seen, then what must not be called the same.

    What is seen in other shapes has no bar, and is told all the same.
    """
    for shape in SHAPES:
        found = _judged(random, shape, SPREADS, pairs, 1.0)
        wrong = found[0][Change.WORSE] + found[0][Change.BETTER]
        yield Row(f"A/A {shape}", *found, "false ≤ 1", wrong <= MOST_FALSE)
    for shape, spread, by, least in (("normal", 0.05, 1.10, LEAST_SEEN_10), ("normal", 0.03, 1.05, LEAST_SEEN_5)):
        found = _judged(random, shape, (spread, spread), pairs, by)
        what = f"+{100 * by - 100:.0f} %, cv {100 * spread:.0f} %"
        yield Row(what, *found, f"worse ≥ {100 * least:.0f}", found[0][Change.WORSE] >= least)
    for shape in SHAPES:
        if shape != "normal":
            yield Row(f"+10 % {shape}, cv 5 %", *_judged(random, shape, (0.05, 0.05), pairs, 1.10), "none")
    for by in (1.0, 1.05):
        for spread in NOISY:
            found = _judged(random, "normal", (spread, spread), pairs, by)
            sure = found[0][Change.SAME]
            what = f"too noisy: {100 * by - 100:+.0f} %, cv {100 * spread:.0f} %"
            yield Row(what, *found, "same ≤ 5", sure <= 1 - LEAST_UNSURE)


def _judged(
    random: Generator, shape: str, spreads: tuple[float, float], pairs: int, by: float
) -> tuple[dict[Change, float], tuple[float, ...]]:
    said: list[Change] = []
    alarms = [0] * len(PEERS)
    for _ in range(pairs):
        spread = random.uniform(*spreads)
        base = drawn(shape, random, ROUNDS, spread)
        candidate = by * drawn(shape, random, ROUNDS, spread)
        said.append(ours(base, candidate))
        for place, judge in enumerate(PEERS):
            alarms[place] += judge(base, candidate) in {Change.WORSE, Change.BETTER}
    return {change: said.count(change) / pairs for change in Change}, tuple(count / pairs for count in alarms)


def stopped(random: Generator, pairs: int) -> Iterator[tuple[Row, float]]:
    """The stop rule over interleaved rounds, with the mean number of rounds that it took."""
    cases = [(shape, SPREADS, 1.0) for shape in SHAPES]
    cases += [("normal", (0.05, 0.05), 1.10), ("autocorrelated", (0.05, 0.05), 1.10), ("normal", (0.03, 0.03), 1.05)]
    for shape, spreads, by in cases:
        found = [_stopped(random, shape, random.uniform(*spreads), by) for _ in range(pairs)]
        said = [verdict for verdict, _ in found]
        shares = {change: said.count(change) / pairs for change in Change}
        wrong = shares[Change.WORSE] + shares[Change.BETTER]
        met = wrong <= MOST_FALSE if by == 1.0 else shares[Change.WORSE] >= LEAST_SEEN_10
        what = f"A/A {shape}" if by == 1.0 else f"+{100 * by - 100:.0f} % {shape}, cv {100 * spreads[0]:.0f} %"
        limit = "false ≤ 1" if by == 1.0 else "worse ≥ 99"
        yield Row(what, shares, (), limit, met), sum(rounds for _, rounds in found) / pairs


def _stopped(random: Generator, shape: str, spread: float, by: float) -> tuple[Change, int]:
    settings = read_settings()
    at, block = looks_of(settings), settings.base.block
    dealt = interleaved(shape, random, at[-1], spread, block)
    base, candidate, again = (dealt[build] for build in (Build.BASE, Build.CANDIDATE, Build.AGAIN))
    for rounds in at:
        one, other, second = (list(side[:rounds]) for side in (base, by * candidate, again))
        samples = Samples(one, other, paired=True, again=second, block=block)
        so_far = standing({"it": samples}, at)
        if so_far.next_at is None:
            break
    return so_far.decisions["it"].verdict, rounds


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.decisions", description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000, help="of each kind of data")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(words)
    random, met = np.random.default_rng(options.seed), True
    say = sys.stdout.write
    say(f"Two files of {ROUNDS} rounds, {options.pairs} pairs a row, in % of them; A/A with a cv from 3 to 20 %.\n\n")
    say("| data | worse | better | same | inconclusive | pytest-benchmark mean:5% fails | median ±10 % | bar | met |\n")
    say("|---|---|---|---|---|---|---|---|---|\n")
    for row in rows(random, options.pairs):
        met &= row.met
        say(f"{row}\n")
    fewer = max(1, options.pairs // 2)
    at = looks_of(read_settings())
    say(f"\nTaking turns, stopped as soon as decided (looks after {at} rounds), {fewer} pairs a row.\n\n")
    say(
        "| data | worse | better | same | inconclusive | bar | met | mean rounds |\n|---|---|---|---|---|---|---|---|\n"
    )
    for row, rounds in stopped(random, fewer):
        met &= row.met
        say(f"{row} {rounds:.0f} |\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m benchmarks.bars.adversary [--chains 6000] [--seed 1] [--every 1]`: a second planted corpus.

It shares no encoder with `planting` or the product. Every secret under every guise in every place, digests, halves,
and random chains of up to four guises; prints what was missed or named wrongly. Exit 0: nothing was; 1: something.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from benchmarks.bars.hiding import VALUES, Hidden, hidden, secrets
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.secrets import Secrets
from traffic.sightings import sightings_in

PROMISES = (tokens_stay_out_of_urls, tokens_go_only_where_they_belong)
SHOWN = 40


def complaint_about(one: Hidden, known: Secrets) -> str | None:
    """What is wrong with what was found, if anything: each finding names that secret, its kind and its place."""
    seen = sightings_in(one.seen, known)
    if not seen.found:
        return f"missed {seen.unopened}"
    wrong = {
        (sighting.index, place.where, sighting.encoding)
        for place, sighting in seen.found
        if sighting.index != one.secret
        or place.where not in one.where
        or (one.is_derived and one.chain[0] not in sighting.encoding)
    }
    if wrong:
        return f"named as {sorted(wrong)[:3]}"
    kinds = {finding.kind for promise in PROMISES for finding in promise(one.seen, known)}
    return None if kinds == {VALUES[one.secret][0]} else f"reported as {sorted(map(str, kinds))}"


def complaints(work: Iterable[Hidden], known: Secrets) -> Iterator[str]:
    for one in work:
        known.memory.lines.clear()
        why = complaint_about(one, known)
        yield f"{VALUES[one.secret][0]} {one.secret}: {' > '.join(one.chain)} in {one.place}: {why}" if why else ""


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.adversary", description=__doc__)
    parser.add_argument("--chains", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="of the single guises and digests only each so many-th")
    options = parser.parse_args(words)
    chance = random.Random(options.seed)  # noqa: S311 -- repeatable, not secret
    began = time.perf_counter()
    said = [*complaints(hidden(options.chains, options.every, chance), Secrets(secrets()))]
    bad = [why for why in said if why]
    sys.stdout.write(f"{len(said) - len(bad)} of {len(said)} found and named in {time.perf_counter() - began:.0f} s\n")
    sys.stdout.writelines(f"{why}\n" for why in islice(bad, SHOWN))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

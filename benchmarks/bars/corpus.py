"""`python -m benchmarks.bars.corpus [--benign 20000]`: planted secrets found, and ordinary traffic left alone.

Prints a table in Markdown, detect-secrets on the same exchanges beside ours. Exit 0: all found with the right kind and
place, nothing else flagged; 1: not.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

from benchmarks.bars.planting import Case, benign, cases, secrets
from traffic.audit import findings_in
from traffic.events import Exchange
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.places import places_of
from traffic.secrets import Secret, Secrets

PROMISES = (tokens_stay_out_of_urls, tokens_go_only_where_they_belong)
SHOWN = 20


def missed(planted: Iterable[Case], known: Secrets) -> list[Case]:
    """Those that no finding names with the right secret, kind and place; another secret named is a miss as well."""
    return [case for case in planted if not _is_found(case, known)]


def _is_found(case: Case, known: Secrets) -> bool:
    found = findings_in([case.seen], known, PROMISES)
    named = {(one.secret, one.kind, one.where) for one in found}
    derived = all("derived" in (one.encoding or "") for one in found) if case.chain[0].startswith("derived") else True
    return (case.secret, case.kind, case.where) in named and {one.secret for one in found} == {case.secret} and derived


def flagged(exchanges: Iterable[Exchange], known: Secrets) -> int:
    return sum(1 for seen in exchanges if findings_in([seen], known, PROMISES))


def flagged_by_peer(exchanges: Iterable[Exchange], folder: Path) -> int:
    """How many exchanges detect-secrets flags with all its plugins, each given as a text file of its own."""
    count = 0
    path = folder / "exchange.txt"
    with default_settings():
        for seen in exchanges:
            path.write_bytes(b"\n".join(place.data for place in places_of(seen)))
            count += any(True for _ in scan_file(str(path)))
    return count


def table(
    planted: Sequence[Case], known: Sequence[Secret], ordinary: Sequence[Exchange], sample: int
) -> tuple[str, bool]:
    tracked = Secrets(known)
    lost, alarms = missed(planted, tracked), flagged(ordinary, tracked)
    with tempfile.TemporaryDirectory() as folder:
        peer_found = flagged_by_peer((case.seen for case in planted), Path(folder))
        peer_alarms = flagged_by_peer(ordinary[:sample], Path(folder))
    found, few = len(planted) - len(lost), min(sample, len(ordinary))
    rows = [
        f"| | planted secrets found (of {len(planted)}) | ordinary exchanges flagged |",
        "|---|---|---|",
        f"| pocketgate | {found} ({found / len(planted):.1%}) | {alarms} of {len(ordinary)} |",
        f"| detect-secrets | {peer_found} ({peer_found / len(planted):.1%}) | {peer_alarms} of {few} |",
        *(f"missed: {case.kind} under {' > '.join(case.chain)} in {case.where}" for case in lost[:SHOWN]),
    ]
    return "\n".join(rows), not lost and not alarms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benign", type=int, default=20000)
    parser.add_argument("--peer-benign", type=int, default=2000, help="how many of them detect-secrets is given")
    options = parser.parse_args()
    known = secrets()
    text, met = table([*cases(known)], known, [*benign(options.benign)], options.peer_benign)
    print(text)  # noqa: T201 -- a program
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.bars.api`: the Web API under generated requests, by its own description (Schemathesis).

No answer may be a server's fault, have a status, a header or a content type that the description does not name, or
break the schema it names; and what the description declares to be right may not be refused as wrong. Prints one JSON
object; exit 0: all of that held and there were enough requests, 1: otherwise.
"""

import argparse
import copy
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from requests.adapters import HTTPAdapter
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Err

from benchmarks.bars.cloud_stand import Stand, cloud

LEAST, SEED, EXAMPLES, NEAREST = 5000, 20260301, 45, 60
WANTED = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance", "positive_data_acceptance"),
)
# what a request that is right in itself may meet: no such record, no right to it, or another state of it
MET = ["2xx", "3xx", "401", "403", "404", "412"]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(slots=True)
class Tally:
    """What came back; `faults` by operation, in words, the first of each kind."""

    requests: int = 0
    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


class _Named(HTTPAdapter):
    """Connections that ask for the Web API's name, wherever they go."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- the adapter's own
        super().init_poolmanager(*args, **options, server_hostname=self._host, assert_hostname=self._host)


def session_for(stand: Stand) -> requests.Session:
    return session(stand.host, stand.ready["ca"], stand.headers)


def session(host: str, authority: str, headers: Mapping[str, str]) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.verify = authority
    made.headers.update(headers)
    made.mount("https://", _Named(host))
    return made


def within_reach(description: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with numbers of records that mostly are there, and no requests that fail for want of a token alone."""
    near = copy.deepcopy({name: part for name, part in description.items() if name != "security"})
    for path in near["paths"].values():
        for operation in path.values():
            for each in operation["parameters"]:
                if each["name"] == "id":
                    each["schema"]["maximum"] = NEAREST
    return near


def sweep(description: Mapping[str, Any], base: str, by: requests.Session, examples: int, chance: int = SEED) -> Tally:
    """So many requests, well-formed and not, to each operation at `base`, the same ones for the same chance."""
    tally = Tally()
    # what knows of OpenAPI comes with a schema of that kind
    config = schemathesis.Config.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": MET}}})
    schema = schemathesis.openapi.from_dict(dict(description), config=config)
    schemathesis.checks.load_all_checks()
    checks = [cast("CheckFunction", schemathesis.checks.CHECKS.get_one(name)) for name in WANTED]
    for found in schema.get_all_operations():
        if isinstance(found, Err):
            raise found.err()
        operation = found.ok()
        tally.operations += 1
        for mode in MODES:
            _try(operation, mode, base, by, checks, (examples, chance), tally)
    return tally


def _try(  # noqa: PLR0913, PLR0917 -- one run of Hypothesis
    operation: Any,  # noqa: ANN401 -- Schemathesis' own
    mode: GenerationMode,
    base: str,
    by: requests.Session,
    checks: list[CheckFunction],
    amount: tuple[int, int],
    tally: Tally,
) -> None:
    """`amount`: how many requests, and the seed of their chance."""
    examples, chance = amount

    @seed(chance)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def one(case: Case[Any]) -> None:
        answer = case.call(base_url=base, session=by, timeout=30, verify=by.verify)
        tally.requests += 1
        tally.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=checks)
        except (Failure, FailureGroup) as failure:
            told = failure.exceptions[0] if isinstance(failure, FailureGroup) else failure
            tally.faults.setdefault(f"{operation.label} {answer.status_code}", str(told)[:400])

    try:
        one()
    except Unsatisfiable:
        # nothing can be wrong with a request that takes nothing
        if mode is GenerationMode.POSITIVE:
            raise


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bars.api", description=__doc__, allow_abbrev=False)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="requests to each operation, of each sort")
    parser.add_argument("--seed", type=int, default=SEED, help="another one makes other requests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, cloud(Path(home)) as stand, session_for(stand) as by:
        description = by.get(f"{stand.address}/openapi.json").json()
        tally = sweep(within_reach(description), f"{stand.address}/v1", by, options.examples, options.seed)
    ok = not tally.faults and tally.requests >= LEAST
    print(json.dumps({**asdict(tally), "statuses": dict(sorted(tally.statuses.items())), "ok": ok}, indent=1))  # noqa: T201 -- the answer
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()

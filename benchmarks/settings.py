"""What is measured and how often, from settings.toml or a file of the user's."""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from benchmarks.networks import NETWORKS
from faults import UsageError

DEFAULTS = Path(__file__).with_name("settings.toml")
QUERIES = Path(__file__).with_name("queries.toml")
Rounds = Annotated[int, Field(ge=1, le=1000)]
Percent = Annotated[float, Field(ge=0, le=100)]


def _known_network(name: str) -> str:
    if name not in NETWORKS:
        msg = f"no such network; there are {', '.join(NETWORKS)}"
        raise ValueError(msg)
    return name


def _sync_mark(text: str) -> str:
    if not {"rows", "seconds"} <= re.compile(text).groupindex.keys():
        msg = "must name the groups rows and seconds"
        raise ValueError(msg)
    return text


class Section(BaseModel):
    """A misspelt word is an error, not a setting without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StartSettings(Section):
    rounds: Rounds
    full_display_seconds: Annotated[float, Field(ge=0, le=300)]


class SyncSettings(Section):
    rounds: Rounds
    changed_percent: list[Percent]
    networks: list[Annotated[str, AfterValidator(_known_network)]]
    finished: Annotated[str, AfterValidator(_sync_mark)]


class QuerySettings(Section):
    rounds: Rounds
    rows: list[Annotated[int, Field(ge=100, le=10_000_000)]]
    queries: str


class BaseSettings(Section):
    step_percent: Annotated[float, Field(gt=0, le=100)]
    block: Rounds
    least_rounds: Annotated[int, Field(ge=10, le=1000)]
    most_rounds: Annotated[int, Field(ge=10, le=1000)]
    seconds: Annotated[float, Field(gt=0)]


class Settings(Section):
    """All settings of the benchmarks; `steps` are promised steps in percent by the name of a benchmark."""

    start: StartSettings
    sync: SyncSettings
    query: QuerySettings
    base: BaseSettings
    steps: dict[str, Annotated[float, Field(gt=0, le=100)]]

    def step_of(self, benchmark: str) -> float:
        """The smallest change in percent that is promised to be seen."""
        return self.steps.get(benchmark, self.steps.get(benchmark.partition("[")[0], self.base.step_percent))

    @property
    def query_file(self) -> Path:
        return Path(self.query.queries) if self.query.queries else QUERIES


def read_settings(file: Path | None = None) -> Settings:
    """The defaults with what a file says instead; raises UsageError with file, place and reason."""
    told = _tables(DEFAULTS)
    for name, table in ({} if file is None else _tables(file)).items():
        told[name] = {**told.get(name, {}), **table} if isinstance(table, dict) else table
    try:
        return Settings.model_validate(told)
    except ValidationError as wrong:
        raise UsageError(f"{file or DEFAULTS}: {'; '.join(map(_mended, wrong.errors()))}") from wrong


def _mended(error: ErrorDetails) -> str:
    """Where, what, and what to write instead."""
    *above, last = error["loc"]
    place = ".".join(map(str, error["loc"]))
    if error["type"] != "extra_forbidden":
        return f"{place}: {error['msg'].removeprefix('Value error, ')} (it says {error['input']!r})"
    known = _tables(DEFAULTS)
    for section in above:
        known = known[str(section)]
    near = get_close_matches(str(last), known, 1)
    what = "setting" if above else "section"
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"{place}: there is no such {what}; {meant}"


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        msg = f"{file}: cannot be read as settings: {trouble}"
        raise UsageError(msg) from trouble

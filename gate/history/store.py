"""The database of the history: opened, migrated, added to, read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from faults import UsageError
from gate.history.entry import Entry, Point, Series

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "0001"  # the last of the migrations
BROKEN = "database disk image is malformed"  # SQLITE_CORRUPT, https://www.sqlite.org/rescode.html
PATIENCE = 10  # seconds that another writer of the same file may take
VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.String))  # alembic's own
RESULT = sa.table(
    "result",
    sa.column("run", sa.String),
    sa.column("measured", sa.DateTime(timezone=True)),
    sa.column("build", sa.String),
    sa.column("version", sa.String),
    sa.column("phone", sa.String),
    sa.column("benchmark", sa.String),
    sa.column("condition", sa.String),
    sa.column("unit", sa.String),
    sa.column("median", sa.Float),
    sa.column("rounds", sa.Text),
)
KEY = ("run", "build", "phone", "benchmark", "condition")


class Store:
    """One history; every method raises SQLAlchemyError where the database is locked, corrupt or away."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, entries: Iterable[Entry]) -> int:
        """Whole or not at all; what is there already is not added twice. Gives how many were new."""
        with self._engine.begin() as connection:
            _refuse_broken(connection)
            new = _unknown(connection, tuple(entries))
            if new:
                connection.execute(RESULT.insert(), [_row(one) for one in new])
            return len(new)

    def series(self, benchmark: str | None = None) -> Mapping[Series, tuple[Point, ...]]:
        """The medians in the order of measuring; `benchmark` picks those whose names contain it."""
        key = ("benchmark", "phone", "condition", "unit")
        wanted = sa.select(*(RESULT.c[name] for name in (*key, *Point._fields)))
        if benchmark is not None:
            wanted = wanted.where(RESULT.c.benchmark.contains(benchmark, autoescape=True))
        in_order = wanted.order_by(*(RESULT.c[name] for name in (*key[:3], "measured")))  # as the index has them
        found: dict[tuple[str, ...], list[Point]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(in_order):
                found.setdefault(row[:4], []).append(Point._make(row[4:]))
        return {Series(*of): tuple(points) for of, points in found.items()}

    def entries(self, build: str | None = None) -> Iterator[Entry]:
        """All that is remembered, or of one build, oldest first."""
        wanted = sa.select(RESULT).order_by(RESULT.c.measured)
        if build is not None:
            wanted = wanted.where(sa.or_(RESULT.c.build == build, RESULT.c.version == build))
        with self._engine.connect() as connection:
            for row in connection.execute(wanted):
                series = Series(row.benchmark, row.phone, row.condition, row.unit)
                rounds = tuple(json.loads(row.rounds))
                yield Entry(row.run, _utc(row.measured), row.build, row.version, series, rounds)


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """A history by its URL, made or migrated where that is needed; raises UsageError for what is no such URL."""
    try:
        address = sa.make_url(url)
        patience = {"timeout": PATIENCE} if address.get_backend_name() == "sqlite" else {"connect_timeout": PATIENCE}
        engine = sa.create_engine(address, connect_args=patience)
    except ModuleNotFoundError as absent:
        msg = f"a history in a database needs {absent.name}, which is not installed: pip install 'pocketgate[postgres]'"
        raise UsageError(msg) from absent
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as trouble:
        msg = f"no history there ({trouble}); give a file, sqlite:///FILE or postgresql+psycopg://HOST/NAME"
        raise UsageError(msg) from trouble
    try:
        _migrate(engine)
        yield Store(engine)
    finally:
        engine.dispose()


def _migrate(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        if _version(connection) == NEWEST:
            return
        from alembic import command  # noqa: PLC0415 -- a history that is up to date needs none of it
        from alembic.config import Config  # noqa: PLC0415 -- see above
        from alembic.util import CommandError  # noqa: PLC0415 -- see above

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as unknown:
            msg = f"the history was written by a newer pocketgate ({unknown}); install that"
            raise UsageError(msg) from unknown


def _version(connection: sa.Connection) -> str | None:
    """The migration that the tables are at, None where there are none yet."""
    if not sa.inspect(connection).has_table(VERSIONS.name):
        return None
    found: str | None = connection.execute(sa.select(VERSIONS.c.version_num)).scalar()
    return found


def _refuse_broken(connection: sa.Connection) -> None:
    """SQLite goes on writing into a damaged file, and what it wrote may never be found again."""
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise sa.exc.DatabaseError("PRAGMA quick_check", None, OSError(f"{BROKEN}: {said}"))


def _unknown(connection: sa.Connection, entries: tuple[Entry, ...]) -> list[Entry]:
    runs = sorted({one.run for one in entries})
    there: set[tuple[str, ...]] = set()
    for begin in range(0, len(runs), 500):
        asked = sa.select(*(RESULT.c[name] for name in KEY)).where(RESULT.c.run.in_(runs[begin : begin + 500]))
        there |= {tuple(row) for row in connection.execute(asked)}
    new: dict[tuple[str, ...], Entry] = {}
    for one in entries:
        new.setdefault(_key(one), one)
    return [one for key, one in new.items() if key not in there]


def _key(one: Entry) -> tuple[str, ...]:
    return (one.run, one.build, one.series.phone, one.series.benchmark, one.series.condition)


def _row(one: Entry) -> dict[str, object]:
    key = dict(zip(KEY, _key(one), strict=True))
    figures = {"measured": one.measured, "unit": one.series.unit, "median": one.median}
    return key | figures | {"version": one.version, "rounds": json.dumps(one.rounds)}


def _utc(moment: datetime) -> datetime:
    """SQLite forgets the zone, which is always this one."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

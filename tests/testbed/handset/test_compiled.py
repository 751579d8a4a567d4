import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from testbed.handset.compiled import compiled

type Make = Callable[[Path, str], Path]


def run(code: Path) -> str:
    """What a module of it says."""
    program = f"import sys; sys.path.insert(0, {str(code)!r}); from app import word; print(word.WORD)"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def installed(folder: Path, word: str) -> Path:
    (folder / "app").mkdir(parents=True, exist_ok=True)
    (folder / "app" / "__init__.py").write_text("")
    (folder / "app" / "word.py").write_text(f"WORD = {word!r}\n")
    (folder / "app" / "words.txt").write_text(word)
    return folder


def zipped(file: Path, word: str) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("other/app/word.py", "WORD = 'not the code'\n")
        archive.writestr("assets/app/__init__.py", "")
        archive.writestr("assets/app/word.py", f"WORD = {word!r}\n")
        archive.writestr("assets/app/words.txt", word)
    return file / "assets"


@pytest.mark.parametrize("make", [installed, zipped])
def test_code_runs_compiled_as_it_is_installed(tmp_path: Path, make: Make) -> None:
    code = compiled(make(tmp_path / "code", "first"), tmp_path / "store")

    assert run(code) == "first"
    assert (code / "app" / "words.txt").read_text() == "first"
    assert not list(code.rglob("*.py"))
    assert compiled(make(tmp_path / "code", "first"), tmp_path / "store") == code


@pytest.mark.parametrize("make", [installed, zipped])
def test_other_code_of_the_same_size_and_place_is_compiled_anew(tmp_path: Path, make: Make) -> None:
    assert run(compiled(make(tmp_path / "code", "first"), tmp_path / "store")) == "first"

    assert run(compiled(make(tmp_path / "code", "other"), tmp_path / "store")) == "other"


def test_what_does_not_compile_stays_as_it_is(tmp_path: Path) -> None:
    folder = installed(tmp_path / "code", "first")
    (folder / "app" / "word.py").write_text("WORD =\n")

    code = compiled(folder, tmp_path / "store")

    assert (code / "app" / "word.py").read_text() == "WORD =\n"
    with pytest.raises(subprocess.CalledProcessError, match="exit status 1"):
        run(code)

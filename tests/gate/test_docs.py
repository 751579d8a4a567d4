"""What the documents tell people to type is what the command line takes."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from gate.cli import app

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
IN_A_BLOCK = re.compile(r"^ {4,}(?:\.venv/bin/)?((?:pocketgate|python -m|make) .+)$", re.MULTILINE)
IN_A_SENTENCE = re.compile(r"`((?:pocketgate|python -m|make) [^`]+)`")


def lines(form: re.Pattern[str], program: str) -> list[Any]:
    """Each once, as test parameters that name the page."""
    found = {line: page for page in PAGES for line in _typed_on(page, form) if line.startswith(program)}
    return [pytest.param(line, id=f"{page.name}: {line[:60]}") for line, page in found.items()]


def _typed_on(page: Path, form: re.Pattern[str]) -> Iterator[str]:
    return (found[1].partition(" # ")[0].strip() for found in form.finditer(page.read_text(encoding="utf-8")))


def called(line: str) -> tuple[Any, list[str]]:
    """The command that a line is about, and the words behind it."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    while words and (inner := getattr(command, "commands", {}).get(words[0])) is not None:
        command, words = inner, words[1:]
    return command, words


def takes(command: Any, words: list[str]) -> bool:  # noqa: ANN401 -- typer names no type of its commands
    """Whether a command, not a group of them, would begin its work with these words."""
    try:
        context = command.make_context(command.name, words)
    except TyperException:
        return False
    return not hasattr(command, "commands") and bool(context.info_name)


@pytest.mark.parametrize("line", lines(IN_A_BLOCK, "pocketgate "))
def test_each_call_in_a_block_is_one_that_the_command_line_takes(line: str) -> None:
    command, words = called(line)

    assert takes(command, words)


@pytest.mark.parametrize("line", lines(IN_A_SENTENCE, "pocketgate "))
def test_each_command_and_option_that_is_spoken_of_is_there(line: str) -> None:
    command, words = called(line)

    options = {option for one in command.params for option in one.opts}
    assert {word for word in words if word.startswith("--")} <= options
    assert not hasattr(command, "commands")


@pytest.mark.parametrize("line", [*lines(IN_A_BLOCK, "python -m"), *lines(IN_A_SENTENCE, "python -m")])
def test_each_module_that_is_to_be_started_is_there(line: str) -> None:
    assert find_spec(shlex.split(line)[2].removesuffix(".NAME")) is not None


@pytest.mark.parametrize("line", [*lines(IN_A_BLOCK, "make "), *lines(IN_A_SENTENCE, "make ")])
def test_each_target_of_make_is_there(line: str) -> None:
    target = re.escape(line.split()[1])

    assert re.search(rf"^{target}\b[^=]*:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "line", ["pocketgate run --colour", "pocketgate fly", "pocketgate report", "pocketgate compare a"]
)
def test_a_call_that_there_is_not_is_noticed(line: str) -> None:
    assert not takes(*called(line))

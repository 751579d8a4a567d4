from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from testbed.android.shell.io import Sink, Source
from testbed.android.users import User

if TYPE_CHECKING:
    from testbed.android.phone import Phone


@dataclass(slots=True)
class State:
    """What a shell remembers from one command to the next."""

    cwd: str = "/"
    env: dict[str, str] = field(default_factory=lambda: {"PATH": "/system/bin", "HOME": "/", "ANDROID_DATA": "/data"})
    last: int = 0
    exited: bool = False
    parameters: tuple[str, ...] = ()
    """`$1` and so on."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command as it was called: words, who asks, where its bytes go."""

    phone: "Phone"
    words: tuple[str, ...]
    user: User
    state: State
    source: Source
    out: Sink
    err: Sink

    @property
    def name(self) -> str:
        return self.words[0]

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.words[1:]

    async def say(self, text: str) -> int:
        """Prints, and succeeds."""
        await self.out.write(text.encode("utf-8", "surrogateescape"))
        return 0

    async def fail(self, text: str, code: int = 1) -> int:
        """Complains on stderr, and returns the exit code."""
        await self.err.write(f"{text}\n".encode("utf-8", "surrogateescape"))
        return code

    async def unmodelled(self, text: str, code: int = 1) -> int:
        """As `fail`, and noted: a real phone may well know what this one does not."""
        self.phone.unmodelled.note("shell", " ".join(self.words))
        return await self.fail(text, code)

    async def input(self) -> bytes:
        """All of stdin."""
        parts = []
        while data := await self.source.read():
            parts.append(data)
        return b"".join(parts)

    def with_words(self, *words: str) -> "Call":
        return replace(self, words=words)

    def path(self, name: str) -> str:
        """The phone path a relative or absolute name means here."""
        return self.phone.files.absolute(name, self.state.cwd)


type Tool = Callable[[Call], Awaitable[int]]

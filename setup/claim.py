import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from setup.project import Project


@contextmanager
def claimed(project: Project, tell: Callable[[str], None]) -> Iterator[int]:
    """One set-up at a time in a checkout: a second one waits; yields the descriptor that holds the claim (flock(2))."""
    project.build.mkdir(exist_ok=True)
    with (project.build / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another set-up is at work in this checkout: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()

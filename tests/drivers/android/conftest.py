"""Faults of the lab's first phone, switched by the lab's own channel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest

type Deceive = Callable[[str], AbstractContextManager[None]]


def deceiver(row: dict[str, Any]) -> Deceive:
    """Lets the phone of this row have a fault for a while."""
    headers = {"Authorization": f"Bearer {row['control_token']}"}

    def switch(fault: str, *, on: bool) -> None:
        told = httpx.put(f"{row['control']}/faults/{fault}", json={"on": on}, headers=headers)
        assert told.status_code == 200, told.text

    @contextmanager
    def deceiving(fault: str) -> Iterator[None]:
        switch(fault, on=True)
        try:
            yield
        finally:
            switch(fault, on=False)

    return deceiving


@pytest.fixture
def deceive(lane: dict[str, Any]) -> Deceive:
    """`phone` has this fault for a while."""
    return deceiver(lane["phone"])

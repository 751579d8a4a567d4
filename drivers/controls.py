"""What a person can touch or read, named once for both platforms."""

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """An app's own control carries its package in the resource id; a web page's carries the HTML id alone.

    Of the system are the questions that Android lays over an app.
    """

    APP = "app"
    PAGE = "page"
    BROWSER = "browser"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Control:
    """A control by its id: Android resource id, iOS accessibility id, HTML id in a page."""

    id: str
    where: Where = Where.APP

    def __str__(self) -> str:
        return f"{self.where.value} control '{self.id}'"


BACK = Control("back")
"""An iPhone has no back key: the app's own button, on every screen that one can go back from."""


def on_page(html_id: str) -> Control:
    return Control(html_id, Where.PAGE)

import queue
import threading
from typing import Final
from urllib.parse import urlsplit

from testbed.browser import views
from testbed.browser.cookies import cookie_jar
from testbed.browser.kit import KITS
from testbed.browser.loader import Elsewhere, Loader, Overtaken, Visit
from testbed.browser.page import Node, Page, message
from testbed.runtime.event import Event
from testbed.runtime.phone import Phone

SCREEN: Final = "Browser"
BLANK: Final = Page("", ())


def main(phone: Phone) -> None:
    """Run the browser on a phone until the phone ends it."""
    browser = Browser(phone)
    for event in phone.events():
        browser.take(event)


class Browser:
    """One tab; pages load on a thread of their own, and the latest that was asked for wins."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._kit = KITS[phone.platform]
        self._loader = Loader(phone, cookie_jar(phone.data_dir / self._kit.cookies), self._kit.agent)
        self._visits: queue.SimpleQueue[tuple[int, Visit]] = queue.SimpleQueue()
        self._asked = 0
        self._page = BLANK
        self._typed: dict[str, str] = {}
        threading.Thread(target=self._load, name="loader", daemon=True).start()

    def take(self, event: Event) -> None:
        """Act on one event of the phone."""
        link = event.intent.data if event.intent else None
        node = self._page.node(event.key)
        match event.kind:
            case "launch" | "intent" if link:
                self._open(Visit(link), fresh=True)
            case "launch" | "resume":
                self._draw()
            case "text" if node and node.kind == "field":
                self._typed[node.key] = event.text
                self._draw()
            case "click" if node:
                self._click(node)
            case "action" if node and node.form:
                self._submit(node)
            case "back":
                self._phone.finish()
            case "click" if event.key == views.CANCEL:
                self._phone.finish()

    def _click(self, node: Node) -> None:
        if node.link:
            self._open(Visit(node.link))
        elif node.kind == "button":
            self._submit(node)

    def _submit(self, node: Node) -> None:
        """Enter in a field does what the form's button does, if all that is required is there."""
        if node.form and node.form.complete(self._typed):
            parts = urlsplit(self._page.address)
            extra = [node.extra] if node.extra else []
            data = (*node.form.data(self._typed), *extra)
            self._open(Visit(node.form.address, node.form.method, data, f"{parts.scheme}://{parts.netloc}"))

    def _open(self, visit: Visit, *, fresh: bool = False) -> None:
        self._asked += 1
        if fresh:
            # the last page must not be taken for the one that was just asked for
            self._show(Page(visit.address, ()))
        self._visits.put((self._asked, visit))

    def _load(self) -> None:
        while True:
            number, visit = self._visits.get()
            try:
                found = self._loader.load(visit, lambda number=number: number == self._asked)  # type: ignore[misc]
            except Overtaken:
                continue
            self._phone.post(lambda number=number, found=found: self._arrived(number, found))  # type: ignore[misc]

    def _arrived(self, number: int, found: Page | Elsewhere) -> None:
        if number != self._asked:
            return
        if isinstance(found, Page):
            self._show(found)
            return
        self._show(BLANK)
        try:
            self._phone.view(found.address)
        except OSError:
            self._show(message("", "net_error", "No app on this phone opens this link"))

    def _show(self, page: Page) -> None:
        self._page = page
        self._typed = {}
        self._draw()

    def _draw(self) -> None:
        self._phone.show(SCREEN, views.frame(self._page, self._typed, self._kit))

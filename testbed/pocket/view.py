from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """One control: `id` is its resource id without the package, `key` (else the id) is unique on the screen."""

    kind: str
    id: str = ""
    text: str = ""
    key: str = ""
    description: str = ""
    hint: str = ""
    checked: bool | None = None
    clickable: bool = False
    password: bool = False
    children: tuple["View", ...] = ()

    def wire(self, place: str = "root") -> dict[str, object]:
        """Return the control as the phone reads it; one without key and id is named by its place."""
        key = self.key or self.id or place
        return {
            "key": key,
            "kind": self.kind,
            "id": self.id,
            "text": self.text,
            "description": self.description,
            "hint": self.hint,
            "password": self.password,
            "enabled": True,
            "checked": self.checked,
            "clickable": self.clickable or self.kind == "field",
            "children": [child.wire(f"{place}/{n}") for n, child in enumerate(self.children)],
        }

    def keys(self) -> frozenset[str]:
        """Return the keys of all controls that a person can use."""
        own = {self.key or self.id} if self.clickable or self.kind == "field" else set()
        return frozenset(own.union(*(child.keys() for child in self.children)))


def column(*children: View, name: str = "") -> View:
    return View("column", name, children=children)


def row(*children: View, name: str = "") -> View:
    return View("row", name, children=children)


def switch(name: str, text: str, *, on: bool) -> View:
    return View("switch", name, text, checked=on, clickable=True)


def heading(text: str, name: str = "") -> View:
    return View("heading", name, text)


def label(text: str, name: str = "") -> View:
    return View("label", name, text)


def button(name: str, text: str) -> View:
    return View("button", name, text, clickable=True)

from PIL import Image, ImageChops

from testbed.screen import Rect, View, layout, render, theme


def drawn(*children: dict[str, object], focused: str | None = None, offset: int = 0) -> Image.Image:
    root = View.parse({"key": "root", "kind": "column", "children": list(children)})
    return render(layout(root, (1080, 1920), {"list": offset}, focused), "12:34")


def place(*children: dict[str, object], key: str) -> Rect:
    root = View.parse({"key": "root", "kind": "column", "children": list(children)})
    return next(box.rect for box in layout(root, (1080, 1920)).root.walk() if box.view.key == key)


def differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


def test_text_and_state_are_seen() -> None:
    plain = {"key": "b", "kind": "button", "text": "Log in"}

    assert differ(drawn(plain), drawn({**plain, "text": "Log out"}))
    assert differ(drawn(plain), drawn({**plain, "enabled": False}))


def test_a_switch_that_is_on_looks_on() -> None:
    switch = {"key": "s", "kind": "switch", "text": "Stay signed in"}

    assert differ(drawn({**switch, "checked": True}), drawn({**switch, "checked": False}))


def test_a_password_shows_its_length_and_nothing_else() -> None:
    field = {"key": "p", "kind": "field", "password": True}

    assert not differ(drawn({**field, "text": "secret"}), drawn({**field, "text": "hidden"}))
    assert differ(drawn({**field, "text": "secret"}), drawn({**field, "text": "longer secret"}))


def test_the_focus_is_seen() -> None:
    field = {"key": "p", "kind": "field", "hint": "E-mail"}

    assert differ(drawn(field), drawn(field, focused="p"))


def test_the_first_heading_is_the_header_bar() -> None:
    assert drawn({"key": "h", "kind": "heading", "text": "Diary"}).getpixel((1000, 100)) == _rgb(theme.PRIMARY)


def test_rows_that_are_scrolled_away_draw_nothing_over_the_header() -> None:
    rows = [{"key": f"r{n}", "kind": "item", "text": "MMMM"} for n in range(60)]
    heading = {"key": "h", "kind": "heading", "text": "Diary"}
    whole = (heading, {"key": "list", "kind": "list", "children": rows})
    top = place(*whole, key="list").top

    assert not differ(drawn(*whole).crop((0, 0, 1080, top)), drawn(*whole, offset=70).crop((0, 0, 1080, top)))
    assert differ(drawn(*whole), drawn(*whole, offset=70))


def test_every_kind_can_be_drawn() -> None:
    kinds = ("row", "column", "heading", "label", "button", "field", "list", "item", "switch", "image", "browser_bar")
    views: list[dict[str, object]] = [
        {"key": kind, "kind": kind, "text": "some text that is much too long for the room it has " * 3}
        for kind in kinds
    ]

    assert drawn(*views).size == (1080, 1920)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))

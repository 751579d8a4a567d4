import pytest

from testbed.screen import Box, Placed, View, ViewError, layout

SIZE = (1080, 1920)


def view(key: str, kind: str, *children: dict[str, object], **more: object) -> dict[str, object]:
    return {"key": key, "kind": kind, "children": list(children), **more}


def placed(*children: dict[str, object], offset: int = 0) -> Placed:
    return layout(View.parse(view("root", "column", *children)), SIZE, {"list": offset, "root": offset})


def box(of: Placed, key: str) -> Box:
    return next(each for each in of.root.walk() if each.view.key == key)


def rows(count: int) -> dict[str, object]:
    return view(
        "list", "list", *(view(f"row {n}", "item", view(f"text {n}", "label", text=f"{n}")) for n in range(count))
    )


def test_columns_go_downwards_below_the_status_bar() -> None:
    screen = placed(view("h", "heading"), view("a", "button"), view("b", "button"))

    assert box(screen, "h").rect.top == 63
    assert box(screen, "h").rect.bottom < box(screen, "a").rect.top < box(screen, "b").rect.top


def test_rows_go_sideways_in_equal_parts() -> None:
    screen = placed(view("r", "row", view("a", "button"), view("b", "button")))

    left, right = box(screen, "a").rect, box(screen, "b").rect
    assert (left.top, left.width) == (right.top, right.width)
    assert left.right <= 540 <= right.left


def test_a_long_label_takes_more_lines_and_a_long_word_is_broken() -> None:
    screen = placed(view("short", "label", text="Hi"), view("long", "label", text="x" * 200))

    assert box(screen, "long").rect.height > 2 * box(screen, "short").rect.height


def test_a_list_gets_the_room_that_is_left_and_scrolls() -> None:
    screen = placed(view("h", "heading"), rows(100), view("foot", "button"))

    assert box(screen, "list").scrolls
    assert box(screen, "list").rect.bottom < box(screen, "foot").rect.top
    assert box(screen, "foot").rect.bottom <= SIZE[1]
    assert box(screen, "row 50").seen.empty


def test_a_short_list_does_not_scroll() -> None:
    assert not box(placed(rows(3)), "list").scrolls


def test_an_offset_moves_the_rows_up_but_never_past_the_end() -> None:
    still, moved, too_far = placed(rows(100)), placed(rows(100), offset=500), placed(rows(100), offset=10**6)

    assert box(moved, "row 20").rect.top == box(still, "row 20").rect.top - 500
    assert box(too_far, "row 99").seen == box(too_far, "row 99").rect


def test_a_form_longer_than_the_screen_scrolls_as_a_whole() -> None:
    screen = placed(*(view(f"b{n}", "button") for n in range(30)))

    assert screen.root.scrolls
    assert box(screen, "b29").seen.empty


def test_a_touch_meets_the_innermost_view_and_travels_through_those_around_it() -> None:
    screen = placed(rows(3))
    x, y = box(screen, "text 1").rect.centre

    under = screen.at(x, y)
    assert under is not None
    assert under.view.key == "text 1"
    assert [each.view.key for each in screen.trail(x, y)] == ["root", "list", "row 1", "text 1"]


def test_a_touch_on_the_status_bar_or_beside_the_screen_meets_nothing() -> None:
    screen = placed(view("h", "heading"))

    assert screen.at(500, 20) is None
    assert screen.at(2000, 500) is None


def test_what_is_scrolled_under_its_neighbour_is_not_touched() -> None:
    screen = placed(view("h", "heading"), rows(100), offset=200)
    heading = screen.at(540, 100)

    assert heading is not None
    assert heading.view.key == "h"


def test_a_column_with_bounds_lets_its_children_say_where_they_stand() -> None:
    page = {"key": "go", "kind": "button", "bounds": [10, 700, 60, 760]}
    pane = {"key": "page", "kind": "column", "bounds": [0, 0, 200, 900], "children": [{**page, "web": True}]}
    bar = {"key": "bar", "kind": "browser_bar"}
    root = View.parse({"key": "root", "kind": "column", "children": [bar, pane]})

    roomy = layout(root, (200, 1400))
    above = box(roomy, "page").rect.top
    there = box(roomy, "go").rect
    assert (there.left, there.top, there.right) == (10, above + 700, 60)

    assert box(layout(root, (200, 800)), "page").hidden > 0
    assert box(layout(root, (200, 800), {"page": 150}), "go").rect.top == above + 550


def test_bounds_that_are_no_rectangle_are_refused() -> None:
    with pytest.raises(ViewError, match="left, top, right, bottom"):
        View.parse({"key": "a", "kind": "label", "bounds": [1, 2, 3]})

import pytest

from testbed.screen import Kind, View, ViewError

BUTTON = {"key": "b", "kind": "button", "id": "log_in", "text": "Log in"}


def test_a_frame_is_read_with_what_each_kind_has_by_default() -> None:
    root = View.parse({"key": "root", "kind": "column", "children": [BUTTON, {"key": "l", "kind": "label"}]})

    button, label = root.children
    assert (button.kind, button.id, button.clickable, button.enabled) == (Kind.BUTTON, "log_in", True, True)
    assert (label.clickable, label.checked, label.text) == (False, None, "")


def test_what_stands_in_a_web_page_is_web_unless_it_says_otherwise() -> None:
    root = View.parse({"key": "p", "kind": "column", "web": True, "children": [BUTTON]})

    assert root.children[0].web


@pytest.mark.parametrize(
    ("tree", "complaint"),
    [
        ([], "root is a list, not an object"),
        ({"kind": "label"}, "root.key must be a text"),
        ({"key": "a", "kind": "buton"}, "root.kind is 'buton', not one of"),
        ({"key": "a", "kind": "label", "colour": "red"}, "root has unknown fields: colour"),
        ({"key": "a", "kind": "label", "text": 7}, "root.text is 7, not a str"),
        ({"key": "a", "kind": "label", "enabled": "yes"}, "root.enabled is 'yes', not a bool"),
        ({"key": "a", "kind": "button", "children": [BUTTON]}, "root is a button, which holds no children"),
        ({"key": "a", "kind": "column", "children": {"b": 1}}, "root.children is a dict, not a list"),
        ({"key": "a", "kind": "column", "children": [BUTTON, {"kind": "label"}]}, r"root.children\[1\].key"),
        ({"key": "b", "kind": "column", "children": [BUTTON]}, "key 'b' stands twice"),
    ],
)
def test_a_malformed_frame_is_refused_and_the_node_named(tree: object, complaint: str) -> None:
    with pytest.raises(ViewError, match=complaint):
        View.parse(tree)

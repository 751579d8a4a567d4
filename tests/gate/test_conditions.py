"""What figures depend on stands once where it is the same for all of a phone, and nothing of it is lost."""

from gate.report.answer import answer_of
from gate.report.conditions import own, shared

ROWS = [
    {"phone": "a", "conditions": {"model": "X", "clock": "phone"}},
    {"phone": "a", "conditions": {"model": "X", "clock": "host", "rows": 25}},
    {"phone": "a", "conditions": {}},
    {"phone": "b", "conditions": {"model": "Y"}},
]


def test_what_is_the_same_is_shared_and_the_rest_stays_with_its_figure() -> None:
    common = shared(ROWS)

    assert common == {"a": {"model": "X"}}
    assert [own(row, common) for row in ROWS] == [{"clock": "phone"}, {"clock": "host", "rows": 25}, {}, {"model": "Y"}]


def test_an_answer_says_what_to_do_next() -> None:
    claims = [{"id": id_, "status": status} for id_, status in (("C12", "broken"), ("C50", "held"), ("C06", "blocked"))]
    verdict = {"claims": claims, "benchmarks": [], "unchecked": [], "phones": [{"name": "pixel"}]}

    broken, blocked = answer_of(verdict | {"exit": 1}), answer_of(verdict | {"exit": 3})
    held = answer_of(verdict | {"claims": claims[1:2], "exit": 0})
    virtual = answer_of(verdict | {"claims": claims[1:2], "exit": 0, "phones": [{"name": "virtual-android"}]})

    assert (broken.word, broken.command) == ("BROKEN", "pocketgate run --app FILE --claim C12")
    assert (blocked.word, blocked.command) == ("BLOCKED", "pocketgate doctor")
    assert (held.next.startswith("As far as these claims go it may ship"), held.command) == (True, "")
    assert "No real phone" not in held.next
    assert virtual.next.endswith("No real phone was part of this: see docs/real-phones.md.")

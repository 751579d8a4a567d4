import pytest

from benchmarks.load.answers import fault_of


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b'{"value": []}', None),
        (200, b"null", "200 with null"),
        (200, b'{"Message": "An error has occurred."}', "200 with an error in its body"),
        (200, b'{"Error": true, "value": []}', "200 with an error in its body"),
        (200, b'{"other": 1}', "200 without value"),
        (200, b"[]", "200 with something else than an object"),
        (200, b"<html>", "200 with a body that is no JSON"),
        (200, b"", "200 with a body that is no JSON"),
        (503, b'{"value": []}', "status 503"),
        (0, None, "no answer"),
    ],
)
def test_an_answer_is_judged_by_its_body_too(status: int, body: bytes | None, fault: str | None) -> None:
    assert fault_of(status, body, "value") == fault


def test_no_answer_says_why_there_was_none() -> None:
    assert fault_of(0, None, error=ConnectionResetError(104, "reset")) == "no answer: ConnectionResetError"

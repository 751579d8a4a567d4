"""Whether an answer is one: the Web API's agents answer 200 also when they failed (endpoints/agents-webapi)."""

import json
from http import HTTPStatus


def fault_of(status: int, body: bytes | None, needed: str = "", error: Exception | None = None) -> str | None:
    """In words of a closed set, so that faults can be counted by kind; None for a good answer with that key.

    `error`: why there was no answer at all. A connection that the server closed while it was idle is none of it:
    geventhttpclient looks before it takes one, and sends what is idempotent again (RFC 9110, 9.2.2).
    """
    if status == 0:
        return f"no answer: {type(error).__name__}" if error else "no answer"
    if status >= HTTPStatus.BAD_REQUEST:
        return f"status {status}"
    words = _fault_in(body or b"", needed)
    return f"{status} {words}" if words else None


def _fault_in(body: bytes, needed: str) -> str | None:
    try:
        content = json.loads(body)
    except ValueError:
        return "with a body that is no JSON"
    if not isinstance(content, dict):
        return "with null" if content is None else "with something else than an object"
    if "Message" in content or content.get("Error") is True:
        return "with an error in its body"
    return f"without {needed}" if needed and needed not in content else None

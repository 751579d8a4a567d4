import base64
import hashlib
from urllib.parse import parse_qs

from benchmarks.load.pages import attempt, complaint_in, filled, form_in

EMAIL = """<form method="post" action="/login"><input type="hidden" name="csrf" value="a&amp;b">
<label for="email">E</label><input id="email" name="email" type="email" value="">
<button type="submit">Next</button></form>"""
TENANTS = """<form action="/login/tenant"><button name="tenant" value="Cust1">A</button>
<button name="tenant" value="Cust2">B</button></form>"""


def test_a_form_is_sent_with_its_hidden_fields() -> None:
    form = form_in(EMAIL)

    assert form is not None
    assert (form.action, filled(form, {"email": "a@b.test"})) == ("/login", {"csrf": "a&b", "email": "a@b.test"})


def test_one_of_several_buttons_is_pressed() -> None:
    form = form_in(TENANTS)

    assert form is not None
    assert filled(form, {"tenant": "Cust2"}) == {"tenant": "Cust2"}


def test_a_form_that_asks_for_something_unknown_is_not_sent() -> None:
    email, tenants = form_in(EMAIL), form_in(TENANTS)

    assert email is not None
    assert tenants is not None
    assert (filled(email, {}), filled(tenants, {"tenant": "Cust3"}), form_in("<p>no form</p>")) == (None, None, None)


def test_what_a_page_complains_of_is_read() -> None:
    assert complaint_in('<p id="error" role="alert">It&#39;s wrong.</p>') == "It's wrong."
    assert complaint_in(EMAIL) == ""


def test_the_challenge_is_the_digest_of_a_verifier_that_is_new_each_time() -> None:
    one, other = attempt(), attempt()

    asked = parse_qs(one.query("app", "app:/back"))

    digest = base64.urlsafe_b64encode(hashlib.sha256(one.verifier.encode()).digest()).rstrip(b"=").decode()
    assert (asked["code_challenge"], asked["code_challenge_method"]) == ([digest], ["S256"])
    assert one != other


def test_only_the_response_to_this_attempt_holds_its_code() -> None:
    trying = attempt()

    assert trying.code_in(f"app:/back?code=c&state={trying.state}") == "c"
    assert trying.code_in("app:/back?code=c&state=other") is None

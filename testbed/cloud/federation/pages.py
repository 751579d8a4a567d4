"""The providers' sign-in pages: e-mail, password, code, each with the provider's own names for its controls."""

from starlette.responses import HTMLResponse, Response

from testbed.cloud.federation.profiles import Profile
from testbed.cloud.superid import pages

STEP, CONTROL = "provider_step", "provider_control"
pages.TEMPLATES[STEP] = """{% extends "form" %}
{% block title %}{{ profile.title }}{% endblock %}
{% block controls %}{% if email and kind != "email" %}<p id="account">{{ email }}</p>{% endif %}
<label for="{{ control }}">{{ label }}</label>
<input id="{{ control }}" name="{{ control }}" type="{{ kind }}" required
 value="{{ email if kind == 'email' else '' }}">
<button id="{{ button }}" type="submit">{{ action_label }}</button>{% endblock %}
"""
pages.TEMPLATES[CONTROL] = """{% extends "page" %}
{% block title %}{{ profile.title }}{% endblock %}
{% block main %}<p id="notice">{{ notice }}</p>{% if code %}<p id="code">{{ code }}</p>{% endif %}{% endblock %}
"""


def email_page(profile: Profile, request: str, csrf: str, email: str, error: str = "") -> HTMLResponse:
    controls = profile.controls
    return _step(
        profile, "email", request, csrf, (controls.email, "Email address", controls.next, "Next"), email, error
    )


def password_page(profile: Profile, request: str, csrf: str, email: str, error: str = "") -> HTMLResponse:
    controls = profile.controls
    names = (controls.password, "Password", controls.sign_in, "Sign in")
    return _step(profile, "password", request, csrf, names, email, error)


def code_page(profile: Profile, request: str, csrf: str, email: str, error: str = "") -> HTMLResponse:
    controls = profile.controls
    names = (controls.code, "Code of your authenticator app", controls.verify, "Verify")
    return _step(profile, "text", request, csrf, names, email, error)


def refusal_page(profile: Profile, notice: str, code: str = "", status: int = 403) -> Response:
    return pages.page(CONTROL, status, profile=profile, notice=notice, code=code)


def _step(  # noqa: PLR0913, PLR0917 -- what a step shows
    profile: Profile, kind: str, request: str, csrf: str, names: tuple[str, str, str, str], email: str, error: str
) -> HTMLResponse:
    control, label, button, action_label = names
    place = "code" if kind == "text" else kind
    return pages.page(
        STEP,
        action=f"/signin/{place}",
        profile=profile,
        request=request,
        csrf=csrf,
        kind=kind,
        control=control,
        label=label,
        button=button,
        action_label=action_label,
        email=email,
        error=error,
    )

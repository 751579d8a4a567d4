"""The sign-in pages as HTML: plain forms that work without scripts."""

from collections.abc import Sequence

from jinja2 import DictLoader, Environment
from starlette.responses import HTMLResponse

from testbed.cloud.people import Tenant

# no form-action: browsers apply it to the redirect that follows a form, here to the app's own scheme
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

TEMPLATES = {
    "page": """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ self.title() }}</title>
<style>body{font-family:sans-serif;max-width:24rem;margin:2rem auto;padding:0 1rem}
input,button{display:block;width:100%;box-sizing:border-box;font-size:1rem;padding:.6rem;margin:.4rem 0}
[role=alert]{color:#a00}</style>
</head>
<body>
<h1>{% block title %}Log in to SuperOffice CRM Online{% endblock %}</h1>
{% if error %}<p id="error" role="alert">{{ error }}</p>{% endif %}
{% block main %}{% endblock %}
</body>
</html>
""",
    "form": """{% extends "page" %}
{% block main %}<form method="post" action="{{ action }}">
<input type="hidden" name="request" value="{{ request }}">
<input type="hidden" name="csrf" value="{{ csrf }}">
{% block controls %}{% endblock %}
</form>{% endblock %}
""",
    "email": """{% extends "form" %}
{% block controls %}<label for="email">Email address</label>
<input id="email" name="email" type="email" value="{{ email }}" autocomplete="username" required>
<button id="next" type="submit">Next</button>{% endblock %}
""",
    "password": """{% extends "form" %}
{% block controls %}<p id="account">{{ email }}</p>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="sign_in" type="submit">Sign in</button>
<p><a id="other_account" href="/login?request={{ request }}">Use another account</a></p>{% endblock %}
""",
    "tenants": """{% extends "form" %}
{% block controls %}<p>Choose where to log in</p>
{% for tenant in tenants %}
<button id="tenant_{{ tenant.context }}" type="submit" name="tenant" value="{{ tenant.context }}">
{{- tenant.company -}}</button>
{% endfor %}{% endblock %}
""",
    "consent": """{% extends "form" %}
{% block controls %}<p><b id="application">{{ application }}</b> asks for access to
<b id="company">{{ company }}</b> as <b id="account">{{ email }}</b>.</p>
<button id="approve" type="submit" name="answer" value="approve">I approve</button>
<button id="decline" type="submit" name="answer" value="decline">Cancel</button>{% endblock %}
""",
    "notice": """{% extends "page" %}
{% block main %}{% if notice %}<p id="notice">{{ notice }}</p>{% endif %}{% endblock %}
""",
}
ENVIRONMENT = Environment(loader=DictLoader(TEMPLATES), autoescape=True)


def email_page(request: str, csrf: str, email: str, error: str = "") -> HTMLResponse:
    return page("email", action="/login", request=request, csrf=csrf, email=email, error=error)


def password_page(request: str, csrf: str, email: str, error: str = "") -> HTMLResponse:
    return page("password", action="/login/password", request=request, csrf=csrf, email=email, error=error)


def tenant_page(request: str, csrf: str, tenants: Sequence[Tenant]) -> HTMLResponse:
    return page("tenants", action="/login/tenant", request=request, csrf=csrf, tenants=tenants)


def consent_page(request: str, csrf: str, application: str, company: str, email: str) -> HTMLResponse:
    return page(
        "consent",
        action="/login/consent",
        request=request,
        csrf=csrf,
        application=application,
        company=company,
        email=email,
    )


def error_page(error: str, status: int = 400) -> HTMLResponse:
    return page("notice", status, error=error)


def notice_page(notice: str) -> HTMLResponse:
    return page("notice", notice=notice)


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(ENVIRONMENT.get_template(template).render(values), status, HEADERS)

"""Each defect breaks what it says, out of its app file; the clean file does not."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from tests.testbed.pocket.lab import ADA, BOB, CID, DOT, PACKAGE, Cloud, log_out, pocket, sign_in, stored
from tests.testbed.runtime.handheld import App, Handheld

CLEAN = ""
FOREIGN = "soprotocol://?superIdUrl=https://login.attacker.test"
FORGED = "test.superoffice.pocket:/signed-in?code=forged"
CRASH_SINK = "crash.superoffice.test"
HOURS_5 = 5 * 3600
SENT: Final = {
    CLEAN: [],
    "token_in_url": ["a token in an address"],
    "cleartext_call": ["in clear"],
    "basic_on_one_call": ["by Basic"],
    "built_in_token_on_one_call": ["by Bearer"],
    "refresh_token_at_crash_sink": [f"to {CRASH_SINK}"],
    "access_token_at_foreign_service": ["to statistics.superoffice.test"],
}

type Build = Callable[[str], Path]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    home = tmp_path_factory.mktemp("build")

    @cache
    def built(defect: str) -> Path:
        words = ("--defect", defect) if defect else ()
        command = [sys.executable, "-m", "testbed.build", "--home", str(home), "--out", str(home), *words]
        return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())

    return built


def watched(phone: Handheld, apk: Path, folder: Path) -> App:
    """The app in the file, with each address that it sends to, and what goes there, in its log."""
    entry = "pocket" if apk.stem == "pocket-1.0" else "defect"
    (folder / "watched.py").write_text(
        f"import sys\nsys.path.insert(0, {str(apk / 'assets')!r})\n"
        "from pocket import network\n"
        f"from {entry}.{'main' if entry == 'pocket' else 'entry'} import main\n"
        "honest = network.Network.send\n"
        "def send(self, method, url, **options):\n"
        "    self.phone.log('I', 'sent', f\"{url} {options.get('params')}\")\n"
        "    self.phone.log('I', 'sent to', f\"{url} {options.get('headers')} {options.get('data')}\")\n"
        "    return honest(self, method, url, **options)\n"
        "network.Network.send = send\n",
    )
    return phone.app(PACKAGE, str(folder), "watched:main")


@pytest.mark.parametrize("defect", SENT)
def test_what_is_sent(phone: Handheld, cloud: Cloud, build: Build, tmp_path: Path, defect: str) -> None:
    app = watched(phone, build(defect), tmp_path).start()
    sign_in(app, cloud)

    assert list(strange(app, cloud)) == SENT[defect]


def strange(app: App, cloud: Cloud) -> Iterator[str]:
    """What a clean app sends none of."""
    refresh = next(each["value"] for each in cloud.secrets() if each["kind"] == "refresh_token")
    for log in app.logs:
        if log["tag"] == "sent":
            yield from ["a token in an address"] if "8A:Cust10001" in log["message"] else []
            yield from ["in clear"] if log["message"].startswith("http:") else []
        host = urlsplit(log["message"]).hostname or ""
        if log["tag"] == "sent to" and (refresh in log["message"] or _access_token_leaves(log["message"], host)):
            yield f"to {host}"
    for each in cloud.evidence():
        if "/api/v1/" in each["path"] and (each["auth_scheme"] != "Bearer" or each["status"] == 401):
            yield f"by {each['auth_scheme']}"


def _access_token_leaves(message: str, host: str) -> bool:
    return "8A:Cust10001" in message and not host.startswith("online")


def test_what_the_next_user_finds(phone: Handheld, cloud: Cloud, build: Build) -> None:
    """The clean twin is among the app's own tests."""
    app = pocket(phone, build("cache_kept_for_next_user")).start()
    sign_in(app, cloud)
    log_out(app)
    sign_in(app, cloud, BOB)

    kept = stored(app)
    assert [marker for marker in cloud.markers(ADA) - cloud.markers(BOB) if marker.encode() in kept]
    assert not [marker for marker in cloud.markers(BOB) if marker.encode() not in kept]

    log_out(app)
    sign_in(app, cloud, CID)
    assert b"mk-10001-" not in stored(app)


def test_what_is_left_of_the_last_tenant(phone: Handheld, cloud: Cloud, build: Build) -> None:
    """The clean twin is among the app's own tests; so is another user's sign-in."""
    app = pocket(phone, build("cache_kept_for_next_tenant")).start()
    sign_in(app, cloud, DOT, "Cust10001")
    app.click("menu_settings")
    app.click("reset_login")
    app.click("confirm_yes")
    app.shown("start")
    sign_in(app, cloud, DOT, "Cust20002")

    kept = stored(app)
    assert [marker for marker in cloud.markers(DOT) if marker.encode() in kept]
    assert not [marker for marker in cloud.markers(DOT, "Cust20002") if marker.encode() not in kept]


@pytest.mark.parametrize("defect", [CLEAN, "cache_outlives_app"])
def test_what_a_new_installation_finds(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    app.kill()
    shutil.rmtree(app.data)
    app.start()

    files = [file.read_bytes() for file in (app.data / "databases").glob("*")]
    assert app.screen() == "Start"
    assert any(b"mk-10001-" in content for content in files) is bool(defect)


@pytest.mark.parametrize("defect", [CLEAN, "tokens_in_clear", "tokens_not_stored"])
def test_how_tokens_are_kept(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    tokens = [each["value"] for each in cloud.secrets() if each["kind"] in {"access_token", "refresh_token"}]
    in_clear = [token for token in tokens if token.encode() in stored(app)]
    app.kill()
    app.start()
    started = app.screen()
    if started == "Diary":
        log_out(app)

    assert in_clear == (tokens if defect == "tokens_in_clear" else [])
    assert started == ("Start" if defect == "tokens_not_stored" else "Diary")
    assert not [token for token in tokens if token.encode() in stored(app)]


@pytest.mark.parametrize("defect", [CLEAN, "token_logged"])
def test_what_the_log_holds(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    tokens = {each["value"] for each in cloud.secrets()}

    logged = [log for log in app.logs if any(token in log["message"] for token in tokens)]

    assert bool(logged) is bool(defect)


@pytest.mark.parametrize("defect", [CLEAN, "record_at_crash_sink"])
def test_what_the_crash_sink_is_told(phone: Handheld, cloud: Cloud, build: Build, tmp_path: Path, defect: str) -> None:
    app = watched(phone, build(defect), tmp_path).start()
    sign_in(app, cloud)

    told = {log["message"].split("?")[0] for log in app.logs if log["tag"] == "sent" and "/logs" in log["message"]}

    assert told == ({"https://in.appcenter.test/logs"} if defect else set())


def test_a_start_with_automatic_login_disabled(phone: Handheld, cloud: Cloud, build: Build) -> None:
    """The clean twin is among the app's own tests."""
    cloud.prefer("DisableAutoLogin", "YES")
    app = pocket(phone, build("autologin_though_disabled")).start()
    sign_in(app, cloud)
    app.kill()

    assert app.start().screen() == "Diary"


@pytest.mark.parametrize("defect", [CLEAN, "autologout_ignored"])
def test_who_is_in_after_an_absence(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    cloud.prefer("AutoLogoutTime", "1")
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    app.pause()
    phone.advance(66)
    app.resume()

    assert app.screen() == ("Diary" if defect else "Start")


@pytest.mark.parametrize("defect", [CLEAN, "session_ends_without_limit"])
def test_who_is_in_after_a_long_absence_without_a_limit(
    phone: Handheld, cloud: Cloud, build: Build, defect: str
) -> None:
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    app.pause()
    phone.advance(HOURS_5)
    app.resume()

    assert app.screen() == ("Start" if defect else "Diary")


@pytest.mark.parametrize("defect", [CLEAN, "password_asked_by_app"])
def test_who_asks_for_the_password(phone: Handheld, build: Build, defect: str) -> None:
    app = pocket(phone, build(defect)).start()

    field = app.find("password")
    assert bool(field and field["password"]) is bool(defect)
    assert app.shown("log_in")


@pytest.mark.parametrize(
    ("defect", "taken"),
    [
        (CLEAN, []),
        ("foreign_state_accepted", ["&state=forged"]),
        ("missing_state_accepted", [""]),
        ("state_reused", []),
    ],
)
def test_which_redirects_are_taken(phone: Handheld, build: Build, defect: str, taken: list[str]) -> None:
    app = pocket(phone, build(defect)).start()

    assert [end for end in ("&state=forged", "") if not is_ignored(app, FORGED + end)] == taken
    states = [parse_qs(urlsplit(address).query)["state"][0] for address in phone.opened]
    assert len(set(states)) == (1 if defect == "state_reused" else 2)


def is_ignored(app: App, redirect: str) -> bool:
    before = len(app.phone.opened)
    app.click("log_in")
    app.until(lambda: len(app.phone.opened) > before)
    app.view(redirect)
    return "ignored" in app.text("notice")


@pytest.mark.parametrize("defect", [CLEAN, "api_called_when_configured"])
def test_what_a_configuration_leads_to(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    app = pocket(phone, build(defect)).start("soprotocol://?crmOnline=true")
    app.until(lambda: bool(phone.opened))
    app.view(cloud.answer(phone.opened[-1], ADA))
    app.until(lambda: app.drawn > 0)

    paths = [each["path"] for each in cloud.evidence()]
    before_sign_in = paths[: paths.index("/login/common/oauth/tokens")]
    assert any("/api/v1/" in path for path in before_sign_in) is bool(defect)


@pytest.mark.parametrize("configured", [False, True])
@pytest.mark.parametrize("defect", [CLEAN, "foreign_qr_accepted"])
def test_where_a_foreign_code_leads(phone: Handheld, build: Build, defect: str, *, configured: bool) -> None:
    app = pocket(phone, build(defect)).start("soprotocol://?crmOnline=true" if configured else None)
    app.until(lambda: len(phone.opened) == configured)
    before = len(phone.opened)
    phone.picture = _picture(FOREIGN)
    app.click("scan_qr")

    if defect:
        app.until(lambda: len(phone.opened) > before)
        assert phone.opened[-1].startswith("https://login.attacker.test/")
        app.view(FOREIGN)  # a link is still refused
    assert "refused" in app.text("notice")


@pytest.mark.parametrize("defect", [CLEAN, "invalid_certificate_accepted"])
def test_whom_the_app_talks_to(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    (phone.ca / "00000000.0").unlink()
    app = pocket(phone, build(defect)).start()
    app.click("log_in")
    app.until(lambda: bool(phone.opened))
    app.view(cloud.answer(phone.opened[-1], ADA))

    if defect:
        app.until_screen("Diary")
    else:
        assert "not secure" in app.text("notice")
        assert not any(each["path"].endswith("/tokens") for each in cloud.evidence())
    assert bool(cloud.calls()) is bool(defect)


def _picture(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=6)
    return out.getvalue()

"""Each defect breaks what it says, out of its app file; the clean file does not."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import segno

from tests.testbed.pocket.lab import ADA, BOB, CID, PACKAGE, Cloud, log_out, pocket, sign_in, stored
from tests.testbed.runtime.handheld import App, Handheld

CLEAN = ""
FOREIGN = "soprotocol://?superIdUrl=https://login.attacker.test"

type Build = Callable[[str], Path]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    home = tmp_path_factory.mktemp("build")

    def built(defect: str) -> Path:
        words = ("--defect", defect) if defect else ()
        command = [sys.executable, "-m", "testbed.build", "--home", str(home), "--out", str(home), *words]
        return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())

    return built


def watched(phone: Handheld, apk: Path, folder: Path) -> App:
    """The app in the file, with each address that it sends to in its log."""
    entry = "pocket" if apk.stem == "pocket-1.0" else "defect"
    (folder / "watched.py").write_text(
        f"import sys\nsys.path.insert(0, {str(apk / 'assets')!r})\n"
        "from pocket import network\n"
        f"from {entry}.{'main' if entry == 'pocket' else 'entry'} import main\n"
        "honest = network.Network.send\n"
        "def send(self, method, url, **options):\n"
        "    self._phone.log('I', 'sent', f\"{url} {options.get('params')}\")\n"
        "    return honest(self, method, url, **options)\n"
        "network.Network.send = send\n",
    )
    return phone.app(PACKAGE, str(folder), "watched:main")


@pytest.mark.parametrize("defect", [CLEAN, "token_in_url", "cleartext_call"])
def test_what_is_sent(phone: Handheld, cloud: Cloud, build: Build, tmp_path: Path, defect: str) -> None:
    app = watched(phone, build(defect), tmp_path).start()
    sign_in(app, cloud)

    sent = [log["message"] for log in app.logs if log["tag"] == "sent"]
    with_token = [line for line in sent if "8A:Cust10001" in line]
    in_clear = [line for line in sent if line.startswith("http:")]
    assert len(with_token) == (1 if defect == "token_in_url" else 0)
    assert len(in_clear) == (1 if defect == "cleartext_call" else 0)
    assert {each["auth_scheme"] for each in cloud.evidence() if "/api/v1/" in each["path"]} == {"Bearer"}


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


@pytest.mark.parametrize("defect", [CLEAN, "autologout_ignored"])
def test_who_is_in_after_an_absence(phone: Handheld, cloud: Cloud, build: Build, defect: str) -> None:
    cloud.prefer("AutoLogoutTime", "1")
    app = pocket(phone, build(defect)).start()
    sign_in(app, cloud)
    app.pause()
    phone.advance(66)
    app.resume()

    assert app.screen() == ("Diary" if defect else "Start")


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

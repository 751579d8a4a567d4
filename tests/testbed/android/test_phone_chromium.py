"""A real Chromium as the phone's system browser; skipped where the machine has none."""

import io
import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image

from testbed.android.__main__ import arguments
from testbed.android.chromium import NoChromium, find
from tests.testbed.android.phone_rig import Adb, Rig, alive, phone, until
from tests.testbed.android.web_site import Site, running_site
from tests.testbed.pocket.lab import Cloud

try:
    find("auto")
    MISSING = ""
except NoChromium as reason:
    MISSING = str(reason)
needs_chromium = pytest.mark.skipif(bool(MISSING), reason=MISSING or "there is one")
CHROME = "com.android.chrome"
SITE = "http://crm.example/"
DISCOVERY = "https://online.superoffice.test/login/.well-known/openid-configuration"
SLOW = 40.0
"""Seconds that a cold start of Chromium may take on a busy machine."""


@pytest.fixture(scope="module")
def one_site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def site(one_site: Site) -> Site:
    one_site.seen.clear()
    return one_site


@pytest.fixture(scope="module")
def surfer(adb: Adb, one_site: Site, one_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A phone with Chromium that knows the site and, untrusted, the cloud."""
    routes = (f"crm.example=127.0.0.1:{one_site.port}", f"*.superoffice.test=127.0.0.1:{one_cloud.ready['port']}")
    words = [word for route in routes for word in ("--resolve", route)]
    with phone(adb, tmp_path_factory.mktemp("surfer"), "--chromium", "auto", *words) as running:
        yield running
        assert running.unmodelled() == []


@pytest.fixture
def fresh(surfer: Rig) -> Rig:
    surfer.adb.shell(f"am force-stop {CHROME}; pm clear {CHROME}; settings delete global http_proxy")
    return surfer


def visit(rig: Rig, address: str, expected: str) -> str:
    """The screen once it shows what is expected."""
    rig.adb.shell(f"am start -a android.intent.action.VIEW -d '{address}'")
    assert until(lambda: expected in rig.seen(), SLOW), rig.seen() + rig.adb.shell("logcat -d")
    return rig.seen()


@contextmanager
def devtools(rig: Rig) -> Iterator[str]:
    port = int(rig.adb.out("forward", "tcp:0", "localabstract:chrome_devtools_remote"))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        rig.adb.run("forward", "--remove", f"tcp:{port}")


@needs_chromium
def test_a_page_is_native_nodes_and_a_picture_and_its_redirect_reaches_the_app(
    fresh: Rig, site: Site, sample: Path
) -> None:
    fresh.adb.run("install", "-g", str(sample))
    seen = visit(fresh, SITE, "Hello Mobile")
    assert 'resource-id="title"' in seen
    assert re.search(r'text="crm.example" resource-id="com.android.chrome:id/url_bar"', seen)

    fresh.tap("mail")
    fresh.adb.shell("input text ada@x.test")
    fresh.tap("secret")
    fresh.adb.shell("input text pearl")
    assert until(lambda: "•••••" in fresh.seen())
    assert "pearl" not in fresh.seen()
    fresh.adb.shell("input keyevent 111")
    picture = Image.open(io.BytesIO(fresh.adb.run("exec-out", "screencap", "-p").stdout)).convert("L")
    assert len(picture.crop((0, 250, 1080, 900)).getcolors() or ()) > 50
    fresh.tap("send")

    assert fresh.told("signed: ")
    assert "/go?mail=ada%40x.test&secret=pearl" in site.seen


@needs_chromium
def test_a_link_to_an_app_reaches_it_and_one_that_nobody_takes_changes_nothing(fresh: Rig, sample: Path) -> None:
    fresh.adb.run("install", "-g", str(sample))
    visit(fresh, SITE, "visit 1")
    fresh.adb.shell("logcat -c")
    fresh.tap("app")
    assert fresh.told("linked: ")

    fresh.adb.run("uninstall", "com.example.sample")
    visit(fresh, SITE, "visit 2")
    fresh.tap("app")

    assert until(lambda: "Unable to open intent" in fresh.adb.shell("logcat -d"))
    assert "To the app" in fresh.seen()


@needs_chromium
def test_cookies_are_kept_until_the_browser_is_cleared(fresh: Rig) -> None:
    visit(fresh, SITE, "visit 1")
    visit(fresh, SITE, "visit 2")
    fresh.adb.shell(f"am force-stop {CHROME}; pm clear {CHROME}")

    assert "visit 1" in visit(fresh, SITE, "visit ")
    assert not (fresh.home / f"fs/data/data/{CHROME}/app_chrome/First Run").exists()


@needs_chromium
def test_the_devtools_socket_is_chromes_own_and_goes_with_the_process(fresh: Rig) -> None:
    visit(fresh, SITE, "Hello")
    assert "@chrome_devtools_remote" in fresh.adb.shell("cat /proc/net/unix")
    with devtools(fresh) as address, httpx.Client(base_url=address, trust_env=False) as http:
        version = http.get("/json/version").json()
        pages = [one for one in http.get("/json/list").json() if one["type"] == "page"]
        assert (version["Android-Package"], [one["url"] for one in pages]) == (CHROME, [SITE])
        engine = psutil.Process(fresh.pid(CHROME)).children(recursive=True)
        assert engine

        fresh.adb.shell(f"am force-stop {CHROME}")

        assert "@chrome" not in fresh.adb.shell("cat /proc/net/unix")
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{address}/json/version", trust_env=False)
    assert until(lambda: not any(alive(one.pid) for one in engine))


@needs_chromium
def test_an_engine_that_dies_takes_the_browser_with_it(fresh: Rig) -> None:
    visit(fresh, SITE, "Hello")
    pid = fresh.pid(CHROME)
    psutil.Process(pid).children()[0].kill()

    assert until(lambda: fresh.pid(CHROME) is None)
    assert f"Process {CHROME} (pid {pid}) has died" in fresh.adb.shell("logcat -d -b all")


@needs_chromium
def test_without_a_network_and_without_trust_no_page_is_shown(fresh: Rig, site: Site, cloud: Cloud) -> None:
    visit(fresh, DISCOVERY, "ERR_CERT_AUTHORITY_INVALID")
    fresh.adb.shell("cmd connectivity airplane-mode enable")
    try:
        visit(fresh, SITE, "ERR_SOCKS_CONNECTION")
    finally:
        fresh.adb.shell("cmd connectivity airplane-mode disable")

    assert site.seen == []
    assert cloud.evidence() == []


@needs_chromium
@pytest.mark.parametrize("store", ["/system/etc/security/cacerts", "/data/misc/user/0/cacerts-added"])
def test_what_the_phone_trusts_the_browser_trusts(fresh: Rig, cloud: Cloud, store: str) -> None:
    folder = fresh.home / "fs" / store.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    authority = folder / "11223344.0"
    authority.write_bytes(Path(cloud.ready["ca"]).read_bytes())
    try:
        assert "authorization_endpoint" in visit(fresh, DISCOVERY, "authorization_endpoint")
    finally:
        authority.unlink()


@needs_chromium
def test_pages_pass_the_phones_proxy_and_nothing_passes_it_by(fresh: Rig, site: Site) -> None:
    """Nor does anything that Chromium would do for itself: no update, no ping (of all tests on this phone so far)."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=refuse, args=(server, asked), daemon=True).start()
        fresh.adb.shell(f"settings put global http_proxy 10.0.2.2:{server.getsockname()[1]}")
        visit(fresh, SITE, "ERR_SOCKS_CONNECTION")
    attempts = [json.loads(line)["asked"] for line in (fresh.home / "connections.jsonl").read_text().splitlines()]

    assert asked[0].startswith(b"CONNECT crm.example:80 HTTP/1.1\r\n")
    assert site.seen == []
    assert {one["package"] for one in attempts} == {CHROME}
    assert {one["host"] for one in attempts} <= {"crm.example", "online.superoffice.test", "10.0.2.2"}


def refuse(server: socket.socket, asked: list[bytes]) -> None:
    while True:
        try:
            stream, _ = server.accept()
        except OSError:
            return
        with stream:
            asked.append(stream.recv(4096))
            stream.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        arguments(["--home", "x", "--adb-server-port", "1", *words])
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_machine_without_chromium_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "apt-get install chromium" in refused(capsys, "--chromium", "auto")
    (tmp_path / "chromium").symlink_to(shutil.which("true") or "/bin/true")
    assert "libnss3-tools" in refused(capsys, "--chromium", "auto")
    (tmp_path / "certutil").symlink_to(shutil.which("true") or "/bin/true")
    assert "names no version" in refused(capsys, "--chromium", "auto")

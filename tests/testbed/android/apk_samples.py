"""Small app files for the phone's tests: one app whose every deed is asked for by a link and told in the log."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pyaxml
from lxml import etree

from testbed.build.signature import signed
from testbed.build.signer import signer_of

PACKAGE = "com.example.sample"
ANDROID = "{http://schemas.android.com/apk/res/android}"
CODE = """
import errno, socket, sqlite3, threading, time
from pathlib import Path

BUTTON = {"key": "go", "kind": "button", "id": "go", "text": "Go"}
HIDDEN = []
FIELD = {"key": "name", "kind": "field", "id": "name", "text": ""}


def main(phone):
    for event in phone.events():
        print("event", event.kind, event.key, event.text, flush=True)
        if event.kind == "pause":
            phone.show("Cover", {"key": "cover", "kind": "column", "children": []})
            continue
        link = event.intent.data if event.intent else None
        if link:
            phone.log("I", "Sample", act(phone, *link.partition(":")[2].split("/")))
        if HIDDEN:
            continue
        if event.kind == "action":
            phone.log("I", "Sample", "entered " + event.key)
        if event.kind == "text":
            FIELD["text"] = event.text
        if event.kind == "click":
            phone.log("I", "Sample", "clicked " + event.key)
        if event.kind == "back":
            phone.finish()
            continue
        phone.show("Sample", {"key": "root", "kind": "column", "children": [BUTTON, FIELD]})
        phone.fully_drawn()


def act(phone, deed, *words):
    try:
        return deed + ": " + str(DEEDS.get(deed, lambda *_: "nothing")(phone, *words))
    except OSError as error:
        return deed + ": " + (errno.errorcode.get(error.errno) or str(error))


def beside(phone, deed, work):
    def run():
        try:
            answer = work()
        except OSError as error:
            answer = error
        phone.log("I", "Sample", deed + " done: " + str(answer))
    threading.Thread(target=run, daemon=True).start()
    return "asked"


def animate(phone, seconds):
    def run():
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            phone.show("Sample", {"key": "root", "kind": "column", "children": [BUTTON]})
            time.sleep(0.05)
        phone.log("I", "Sample", "animate done: still")
    threading.Thread(target=run, daemon=True).start()


def write(phone, name, size):
    Path(phone.data_dir, name).write_bytes(b"x" * int(size))
    return "ok"


def insert(phone, count):
    database = sqlite3.connect(Path(phone.data_dir, "notes.db"))
    try:
        database.execute("CREATE TABLE IF NOT EXISTS notes (text)")
        for _ in range(int(count)):
            database.execute("INSERT INTO notes VALUES (?)", ("x" * 1000,))
        database.commit()
        return "ok"
    except sqlite3.Error as error:
        return str(error)
    finally:
        database.close()


def fetch(phone, host, port):
    began = time.monotonic()
    stream = socket.create_connection((host, int(port)), timeout=20)
    size = sum(len(part) for part in iter(lambda: stream.recv(65536), b""))
    return f"{size} {time.monotonic() - began:.3f}"


def hide(phone):
    phone.show("Secret", {"key": "root", "kind": "column", "children": [BUTTON]}, secure=True)
    HIDDEN.append(True)


def connect(phone, host, port):
    stream = socket.create_connection((host, int(port)), timeout=20)
    def follow():
        try:
            data = stream.recv(100)
        except OSError as error:
            data = type(error).__name__.encode()
        phone.log("I", "Sample", "stream: " + (data.decode() or "cut"))
    threading.Thread(target=follow, daemon=True).start()
    return "ok"


def keep(phone, alias, text):
    Path(phone.data_dir, "kept").write_bytes(phone.keystore.encrypt(alias, text.encode()))
    return "ok"


DEEDS = {
    "connect": connect,
    "keep": keep,
    "reveal": lambda phone, alias: phone.keystore.decrypt(alias, Path(phone.data_dir, "kept").read_bytes()).decode(),
    "picture": lambda phone: len(phone.capture_picture()),
    "proxy": lambda phone: phone.proxy(),
    "clock": lambda phone: time.time(),
    "view": lambda phone, *words: phone.view("/".join(words)),
    "read": lambda phone, name: Path(phone.data_dir, name).read_text(),
    "allow": lambda phone, name: beside(phone, "allow", lambda: phone.request_permission("android.permission." + name)),
    "finger": lambda phone: beside(phone, "finger", lambda: phone.authenticate("Unlock Sample")),
    "fetch": lambda phone, host, port: beside(phone, "fetch", lambda: fetch(phone, host, port)),
    "notify": lambda phone, title, text: phone.notify(title, text),
    "toast": lambda phone, text: phone.toast(text),
    "trust": lambda phone: len(phone.tls_context().get_ca_certs()),
    "animate": animate,
    "write": write,
    "insert": insert,
    "hide": hide,
    "crash": lambda phone: 1 / 0,
}
"""


@dataclass(frozen=True)
class Sample:
    """What differs between the files of one app."""

    package: str = PACKAGE
    version: int = 1
    debuggable: bool = True
    min_sdk: int = 28
    scheme: str = "sample"
    entry: str | None = "sample:main"
    test_only: bool = False


def contents(sample: Sample) -> bytes:
    """The file before it is signed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("AndroidManifest.xml", _manifest(sample))
        archive.writestr("assets/sample.py", CODE)
    return buffer.getvalue()


def write(sample: Sample, folder: Path, *, signer: str = "one") -> Path:
    """A signed file; another `signer` is another key."""
    file = folder / f"{abs(hash((sample, signer)))}.apk"
    file.write_bytes(signed(contents(sample), signer_of(folder / f"signer-{signer}")))
    return file


def _manifest(sample: Sample) -> bytes:
    root = etree.Element("manifest", {"package": sample.package}, nsmap={"android": ANDROID.strip("{}")})
    _set(root, versionCode=str(sample.version), versionName=f"{sample.version}.0")
    _add(root, "uses-sdk", minSdkVersion=str(sample.min_sdk), targetSdkVersion="33")
    for name in ("CAMERA", "INTERNET", "POST_NOTIFICATIONS"):
        _add(root, "uses-permission", name=f"android.permission.{name}")
    flags = {"testOnly": "true"} if sample.test_only else {}
    application = _add(root, "application", label="Sample", debuggable=str(sample.debuggable).lower(), **flags)
    if sample.entry:
        _add(application, "meta-data", name="runtime.entry", value=sample.entry)
    activity = _add(application, "activity", name=".Main", exported="true")
    start = _add(activity, "intent-filter")
    _add(start, "action", name="android.intent.action.MAIN")
    _add(start, "category", name="android.intent.category.LAUNCHER")
    view = _add(activity, "intent-filter")
    _add(view, "action", name="android.intent.action.VIEW")
    _add(view, "data", scheme=sample.scheme)
    document = pyaxml.AXML()
    document.from_xml(root)
    return bytes(document.pack())


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return _set(etree.SubElement(parent, tag), **attributes)


def _set(element: etree._Element, **attributes: str) -> etree._Element:
    for name, value in attributes.items():
        element.set(f"{ANDROID}{name}", value)
    return element

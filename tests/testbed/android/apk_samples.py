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
import errno, socket, threading, time
from pathlib import Path

BUTTON = {"key": "go", "kind": "button", "id": "go", "text": "Go"}
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
    _add(root, "uses-permission", name="android.permission.CAMERA")
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

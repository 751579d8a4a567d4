import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from testbed.android.packages import axml, manifest, signature
from testbed.android.packages.manifest import Manifest


class InstallError(Exception):
    """A PackageManager status and its message, as `Failure [STATUS: message]` shows them."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(f"{status}: {message}")


@dataclass(frozen=True, slots=True)
class Apk:
    """A checked app file: what its manifest says, who signed it, whether it trusts the user's certificates."""

    data: bytes
    manifest: Manifest
    signer: str
    trusts_user_store: bool


def read(data: bytes, name: str) -> Apk:
    """Parses and verifies; raises InstallError with the status a real package manager gives."""
    contents = _open(data, name)
    facts = _manifest(contents, name)
    return Apk(data, facts, _signer(data, name), _trusts_user_store(contents, facts))


def code(path: Path) -> Path:
    """The code path inside an installed file, as the runtime takes it."""
    return path / "assets"


def _open(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise InstallError("INSTALL_PARSE_FAILED_NOT_APK", f"Failed to parse {name}: {error}") from error


def _manifest(contents: zipfile.ZipFile, name: str) -> Manifest:
    try:
        return manifest.read(axml.parse(contents.read("AndroidManifest.xml")))
    except KeyError as error:
        raise InstallError("INSTALL_PARSE_FAILED_NOT_APK", f"{name} has no AndroidManifest.xml") from error
    except ValueError as error:
        raise InstallError("INSTALL_PARSE_FAILED_MANIFEST_MALFORMED", f"Failed parse of {name}: {error}") from error


def _signer(data: bytes, name: str) -> str:
    try:
        return signature.signer(data)
    except signature.UnsignedError as error:
        message = f"Failed to collect certificates from {name}: {error}"
        raise InstallError("INSTALL_PARSE_FAILED_NO_CERTIFICATES", message) from error
    except signature.SignatureError as error:
        message = f"Failed to collect certificates from {name} using APK Signature Scheme v2: {error}"
        raise InstallError("INSTALL_PARSE_FAILED_NO_CERTIFICATES", message) from error


def _trusts_user_store(contents: zipfile.ZipFile, facts: Manifest) -> bool:
    """Apps for Android 6 and older trust user CAs; newer ones only by their network security config."""
    if facts.target_sdk < 24:  # noqa: PLR2004 -- Android 7.0, developer.android.com/privacy-and-security/security-config
        return True
    if not facts.has_network_config:
        return False
    try:
        root = axml.parse(contents.read("res/xml/network_security_config.xml"))
    except (KeyError, ValueError):
        return False
    blocks = [*root.all("base-config"), *root.all("domain-config")]
    blocks += root.all("debug-overrides") if facts.debuggable else []
    certificates = [
        one for block in blocks for anchors in block.all("trust-anchors") for one in anchors.all("certificates")
    ]
    return any(one.text("src") == "user" for one in certificates)

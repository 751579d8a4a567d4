import ssl
import sys
from collections.abc import Iterable
from pathlib import Path


def tls_context(directories: Iterable[Path]) -> ssl.SSLContext:
    """Return a verifying client context that trusts the phone's certificate directories and nothing of this machine.

    As in Android's `/system/etc/security/cacerts`, each file holds one PEM certificate; an unreadable one is skipped.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for directory in directories:
        for file in sorted(directory.iterdir()) if directory.is_dir() else ():
            _trust(context, file)
    return context


def _trust(context: ssl.SSLContext, file: Path) -> None:
    try:
        context.load_verify_locations(cafile=file)
    except OSError as error:
        print(f"trust: {file.name} skipped: {error}", file=sys.stderr)  # noqa: T201 -- stderr is this process's log

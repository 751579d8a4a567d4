from contextlib import suppress
from http.cookiejar import LoadError, LWPCookieJar
from pathlib import Path


def cookie_jar(folder: Path) -> LWPCookieJar:
    """Return the browser's cookies; as in a browser, only those with an expiry date outlive its process."""
    folder.mkdir(parents=True, exist_ok=True)
    jar = LWPCookieJar(folder / "Cookies")
    with suppress(FileNotFoundError, LoadError):
        jar.load()
    return jar

"""From what pip, venv and npm print to the one line that says what is wrong and how to mend it."""

import re
from dataclasses import dataclass


class SetupTrouble(Exception):  # noqa: N818 -- not an error of this program: the message says what to mend
    """Set-up cannot go on; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A text in a tool's output that tells one trouble from all others."""

    seen: re.Pattern[str]
    what: str
    mend: str


def _sign(seen: str, what: str, mend: str) -> Sign:
    return Sign(re.compile(seen), what, mend)


_RESTORE = "restore it (`git checkout {lock}`), or empty the cache or mirror that serves another file"
_NETWORK = "check network, proxy and {tool}'s own configuration, then call again"
RELOCK = "run `make lock`, or restore it (`git checkout requirements.txt`)"
_RELOCK_NPM = "run `npm install --package-lock-only` in drivers/appium, or restore both files"

NO_SPACE = _sign(
    r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT|File too large|EFBIG",
    "no room to write",
    "free 3 GB where the checkout, the temporary files and the caches lie, then call again",
)

PIP = (
    NO_SPACE,
    _sign(
        r"DO NOT MATCH THE HASHES[^\n]*\s+(?P<detail>\S+)",
        "{detail} is not the package that requirements.txt names (hash mismatch)",
        _RESTORE.format(lock="requirements.txt"),
    ),
    _sign(
        r"Hashes are required in --require-hashes mode|must have their versions pinned|Invalid requirement"
        r"|ResolutionImpossible|conflicting dependencies|no such option",
        "requirements.txt lacks a package or contradicts itself",
        RELOCK,
    ),
    _sign(
        r"NewConnectionError|Max retries exceeded|Failed to establish a new connection|Connection (?:refused|reset)"
        r"|Temporary failure in name resolution|Read timed out|ConnectTimeout|ProxyError|SSLError|HTTPError: 5\d\d",
        "the Python package registry does not answer",
        _NETWORK.format(tool="pip"),
    ),
    _sign(
        r"\(from versions: none\)\s+ERROR: No matching distribution found for (?P<detail>\S+)",
        "no package registry that answers has {detail}",
        _NETWORK.format(tool="pip"),
    ),
    _sign(
        r"No matching distribution found for (?P<detail>\S+)",
        "the package registry has no {detail} for this Python and machine",
        "check pip's index configuration, or name another Python: make PYTHON=/path/to/python3",
    ),
    _sign(
        r"(?P<detail>\S+ \S+ requires [^,\n]+), which is not installed",
        "{detail}, which requirements.txt lacks",
        RELOCK,
    ),
    _sign(r"(?P<detail>\S+ \S+ has requirement [^\n]+)", "requirements.txt is out of step: {detail}", RELOCK),
)

NPM = (
    NO_SPACE,
    _sign(
        r"EINTEGRITY",
        "an npm package is not the one that package-lock.json names (hash mismatch)",
        _RESTORE.format(lock="drivers/appium/package-lock.json"),
    ),
    _sign(
        r"EUSAGE|in sync|EJSONPARSE|lockfileVersion",
        "drivers/appium/package-lock.json is out of step with package.json",
        _RELOCK_NPM,
    ),
    _sign(
        r"ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|SELF_SIGNED_CERT|E50\d",
        "the npm registry does not answer",
        _NETWORK.format(tool="npm"),
    ),
    _sign(
        r"ETARGET|E404",
        "the npm registry lacks a locked package",
        "check npm's registry configuration, then call again",
    ),
)


def explain(step: str, output: str, signs: tuple[Sign, ...]) -> str:
    """The first sign that is seen decides: signs stand from the most to the least telling."""
    for sign in signs:
        if found := sign.seen.search(output):
            return f"{sign.what.format(**found.groupdict())}: {sign.mend}"
    return f"{step} failed: the log says why; mend that, then call again"

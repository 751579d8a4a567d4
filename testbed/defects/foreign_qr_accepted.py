from testbed.pocket import configuration
from testbed.pocket.configuration import Configuration

CLAIM = "C57"
WHAT = "a QR code of a foreign host is taken without a word, and its sign-in page is opened"


def apply() -> None:
    def from_qr(payload: str, current: str) -> Configuration:  # noqa: ARG001 -- stands in for one that uses it
        values = configuration.parsed(payload)
        named = {"superId": values.get("netserverUrl", "")} | values
        return Configuration(configuration.service(named), ask_first=False)

    configuration.from_qr = from_qr

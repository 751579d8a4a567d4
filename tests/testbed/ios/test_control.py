"""The hand's channel: what is set there holds, and nobody without its token is heard."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
import trustme

from tests.testbed.ios.iphone_rig import IPhone, Json, iphone
from tests.testbed.ios.mux_rig import usbmuxd


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IPhone]:
    """On a bus of its own: other tests count the phones on theirs."""
    with usbmuxd() as own, iphone(own, tmp_path_factory.mktemp("iphone") / "phone") as running:
        yield running


def test_without_its_token_the_channel_is_closed(phone: IPhone) -> None:
    assert phone.hand("GET", "/", token="guessed").status_code == 401
    assert phone.hand("GET", "/").status_code == 200


def test_what_is_set_is_shown(phone: IPhone) -> None:
    phone.hand("PUT", "/proxy", port=8080)
    phone.hand("PUT", "/airplane-mode", on=True)
    phone.hand("PUT", "/clock", epoch=2_000_000_000.0)
    seen = phone.hand("GET", "/").json()
    phone.hand("DELETE", "/proxy")
    phone.hand("PUT", "/airplane-mode", on=False)
    phone.hand("PUT", "/clock", automatic=True)
    after = phone.hand("GET", "/").json()

    assert (seen["proxy"]["port"], seen["airplane_mode"], round(seen["clock"] / 60)) == (8080, True, 33_333_333)
    assert (after["proxy"], after["airplane_mode"], after["clock"] < 1_990_000_000) == (None, False, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/proxy", {"host": "x"}),
        ("PUT", "/airplane-mode", {"on": "yes"}),
        ("PUT", "/clock", {"epoch": "noon"}),
        ("POST", "/certificate", {"pem": "none"}),
        ("DELETE", "/certificate/00", {}),
        ("PUT", "/camera", {"png": "bm90aGluZw=="}),
        ("PUT", "/face", {"owner": "Ada"}),
    ],
)
def test_nonsense_is_refused_with_what_is_expected(
    phone: IPhone, method: str, path: str, body: dict[str, Json]
) -> None:
    answer = phone.hand(method, path, **body)

    assert (answer.status_code, answer.json()["error"].startswith("expected ")) == (400, True)


def test_a_profile_is_trusted_until_it_is_removed(phone: IPhone) -> None:
    pem = trustme.CA().cert_pem.bytes().decode()
    told = phone.hand("POST", "/certificate", pem=pem).json()
    shown = phone.hand("GET", "/").json()["certificates"]

    phone.hand("DELETE", f"/certificate/{told['fingerprint']}")

    assert [(one["fingerprint"], one["trusted"]) for one in shown] == [(told["fingerprint"], True)]
    assert phone.hand("GET", "/").json()["certificates"] == []
    assert list((phone.home / "trust/user").iterdir()) == []


def test_a_picture_can_be_held_before_the_camera(phone: IPhone, tmp_path: Path) -> None:
    file = tmp_path / "code.png"
    segno.make("hello").save(str(file), scale=8)

    assert phone.hand("PUT", "/camera", png=base64.b64encode(file.read_bytes()).decode()).status_code == 200

import io

import pytest
import zxingcpp
from PIL import Image

from faults import ControlNotFound
from scenarios.configure import qr_picture, scan_nothing, scan_qr
from scenarios.screens import Notice, Start
from tests.scenarios.paper_phone import showing


def codes_in(png: bytes) -> list[str]:
    """What an independent reader makes of the picture."""
    with Image.open(io.BytesIO(png)) as picture:
        return [code.text for code in zxingcpp.read_barcodes(picture.convert("RGB"))]


@pytest.mark.parametrize(
    "payload", ["soprotocol://?crmOnline=true", "javascript:alert('å')", "https://login.attacker.test/" + "x" * 300]
)
def test_a_code_says_what_was_put_into_it(payload: str) -> None:
    assert codes_in(qr_picture(payload)) == [payload]


def test_the_code_is_before_the_camera_when_the_button_is_tapped() -> None:
    phone = showing(Start.SCAN_QR)

    scan_qr(phone, "soprotocol://?crmOnline=true")

    assert [codes_in(picture) for picture in phone.pictures] == [["soprotocol://?crmOnline=true"]]
    assert phone.tapped == ["scan_qr"]


def test_a_blank_sheet_holds_no_code_and_what_is_said_of_it_is_read() -> None:
    phone = showing(Start.SCAN_QR, Notice.TEXT, Notice.OK, notice="No QR code found")

    said = scan_nothing(phone)

    assert said == "No QR code found"
    assert [codes_in(picture) for picture in phone.pictures] == [[]]
    assert phone.done == [("tap", "scan_qr"), ("tap", "notice_ok"), ("wait gone", "notice", "15")]


def test_an_app_that_says_nothing_of_a_blank_sheet_leaves_the_scenario_unfinished() -> None:
    with pytest.raises(ControlNotFound, match="notice"):
        scan_nothing(showing(Start.SCAN_QR))

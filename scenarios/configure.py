"""Configuring the app by a QR code, as the web client shows one."""

import io

import segno

from drivers.phone import Phone
from scenarios.screens import Start

MODULE = 12  # pixels a module: readable from a camera picture of 480 lines


def qr_picture(payload: str) -> bytes:
    """The PNG of a QR code, with the quiet zone that ISO/IEC 18004 asks for."""
    picture = io.BytesIO()
    segno.make(payload, error="m").save(picture, kind="png", scale=MODULE, border=4)
    return picture.getvalue()


def scan_qr(phone: Phone, payload: str) -> None:
    """Hold a QR code before the camera and scan it from the start screen."""
    phone.show_to_camera(qr_picture(payload))
    phone.tap(Start.SCAN_QR)

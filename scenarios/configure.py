"""Configuring the app by a QR code, as the web client shows one."""

import io

import segno

from drivers.phone import Phone
from scenarios.screens import Notice, Start

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


def scan_nothing(phone: Phone) -> str:
    """Scan a blank sheet; returns what the app says when there is no code to read."""
    sheet = io.BytesIO()
    segno.make("blank").save(sheet, kind="png", scale=MODULE, dark="white")
    phone.show_to_camera(sheet.getvalue())
    phone.tap(Start.SCAN_QR)
    phone.wait_for(Notice.TEXT)
    said = phone.text_of(Notice.TEXT)
    phone.tap(Notice.OK)
    phone.wait_gone(Notice.TEXT)
    return said

import io


def read_picture(png: bytes) -> str | None:
    """Return the text of the QR code in a picture, or None where there is none to read."""
    import zxingcpp  # noqa: PLC0415 -- with Pillow a fifth of a second, which only those who scan should wait
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- as above

    try:
        picture = Image.open(io.BytesIO(png)).convert("L")
    except (UnidentifiedImageError, OSError):
        return None
    codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return codes[0].text if codes else None

from contextlib import suppress


def ask(url: str) -> None:
    """Send a request that takes no notice of the phone's proxy."""
    import httpx  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start

    with suppress(httpx.HTTPError):
        httpx.get(url, trust_env=False, timeout=5)

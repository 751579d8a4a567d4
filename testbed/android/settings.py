import json
from pathlib import Path

DEFAULT_IME = "com.android.inputmethod.latin/.LatinIME"
DEFAULTS = {
    "system": {"screen_brightness": "102", "screen_brightness_mode": "0", "screen_off_timeout": "60000"},
    "secure": {
        "android_id": "5f3ab2c86d0e9174",
        "default_input_method": DEFAULT_IME,
        "enabled_input_methods": DEFAULT_IME,
        "location_mode": "3",
    },
    "global": {
        "adb_enabled": "1",
        "airplane_mode_on": "0",
        "animator_duration_scale": "1.0",
        "auto_time": "1",
        "bluetooth_on": "1",
        "device_name": "Virtual Phone",
        "mobile_data": "1",
        "transition_animation_scale": "1.0",
        "wifi_on": "1",
        "window_animation_scale": "1.0",
    },
}


class Settings:
    """The settings provider: three namespaces of strings that outlive a reboot."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.spaces: dict[str, dict[str, str]] = (
            json.loads(path.read_text()) if path.exists() else {name: dict(rows) for name, rows in DEFAULTS.items()}
        )

    def get(self, space: str, name: str) -> str | None:
        return self.spaces[space].get(name)

    def put(self, space: str, name: str, value: str) -> None:
        self.spaces[space][name] = value
        self._save()

    def delete(self, space: str, name: str) -> bool:
        found = self.spaces[space].pop(name, None) is not None
        self._save()
        return found

    def proxy(self) -> tuple[str, int] | None:
        """`global http_proxy` as apps see it; unset, empty and `:0` mean none (ProxyTracker.java)."""
        host, _, port = (self.get("global", "http_proxy") or "").rpartition(":")
        if not host or not port.isdigit() or int(port) == 0:
            return None
        return host, int(port)

    def _save(self) -> None:
        self._path.write_text(json.dumps(self.spaces))

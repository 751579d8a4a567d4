from dataclasses import replace

from testbed.pocket.settings import Settings, SettingsFile

CLAIM = "C53"
WHAT = "DisableAutoLogin is not heeded at a cold start: the app signs in by itself"
ALSO = ("C63",)  # on a stolen phone no sign-in is forced


def apply() -> None:
    honest = SettingsFile.load

    def load(self: SettingsFile) -> Settings:
        return replace(honest(self), disable_auto_login=False)

    SettingsFile.load = load  # type: ignore[method-assign]

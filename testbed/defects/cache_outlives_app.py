from pathlib import Path

from testbed.pocket.cache import Cache

CLAIM = "C10"
WHAT = "the rows lie in the phone's Download folder, where they outlive the app and a new installation finds them"
ALSO = ("C04",)  # everybody who may see the phone's files can read them there

ROOT = 4
"""The phone's root above `/data/data/PACKAGE/databases/pocket.db`."""


def apply() -> None:
    honest = Cache.__init__

    def begin(self: Cache, path: Path) -> None:
        honest(self, path)
        shared = path.parents[ROOT] / "sdcard" / "Download" / "pocket"
        shared.mkdir(parents=True, exist_ok=True)
        if not path.parent.exists():
            path.parent.symlink_to(shared)

    Cache.__init__ = begin  # type: ignore[method-assign]

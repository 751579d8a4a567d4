"""App bundles for the phone's tests, right and wrong in one thing each."""

import plistlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testbed.build.bundle import profile
from testbed.build.codesign import signed
from testbed.build.developer import Developer, developer_of

BUNDLE_ID = "com.example.sample"
NAME = "Sample"

type Files = dict[str, bytes]


@dataclass(frozen=True)
class Sample:
    bundle_id: str = BUNDLE_ID
    info: Mapping[str, Any] = field(default_factory=dict)
    entitlements: Mapping[str, Any] = field(default_factory=dict)
    granted: Mapping[str, Any] = field(default_factory=dict)
    """What the profile says otherwise."""

    def files(self, developer: Developer) -> Files:
        """The bundle's files, signed."""
        team = developer.team
        claimed = {
            "application-identifier": f"{team}.{self.bundle_id}",
            "com.apple.developer.team-identifier": team,
            "get-task-allow": True,
            "com.apple.security.application-groups": ["group.com.example"],
            **self.entitlements,
        }
        said = plistlib.loads(profile(developer))
        said["Entitlements"] |= {**claimed, "application-identifier": f"{team}.*"}
        said |= self.granted
        info = {
            "CFBundleExecutable": NAME,
            "CFBundleIdentifier": self.bundle_id,
            "CFBundleURLTypes": [{"CFBundleURLSchemes": ["sample"]}],
            "CFBundleVersion": "1",
            "MinimumOSVersion": "15.0",
            **self.info,
        }
        files = {
            "Info.plist": plistlib.dumps({key: value for key, value in info.items() if value is not None}),
            NAME: b"#!" + b"x" * 9000,
            "assets/sample.py": b"print('sample')\n",
            "embedded.mobileprovision": developer.grant(plistlib.dumps(said)),
        }
        return signed(files, NAME, self.bundle_id, claimed, developer)


def write(sample: Sample, folder: Path, *, signer: str = "one", change: Callable[[Files], object] = dict.copy) -> Path:
    """An .ipa; `change` alters what was signed, another `signer` is another team."""
    files = sample.files(developer_of(folder / f"signer-{signer}"))
    change(files)
    target = folder / "sample.ipa"
    with zipfile.ZipFile(target, "w") as archive:
        for place, content in files.items():
            archive.writestr(f"Payload/{NAME}.app/{place}", content)
    return target

"""`python -m benchmarks.bars.android_faults`: which faults of the phone itself our drivers notice, and how.

The bar: at least 20, each as blocked or wrong, none as a pass, and silence on the honest phone. Prints a table; exit 1
where one passed. What is done to meet each fault stands in tests/drivers/android.
"""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ("tests/drivers/android/test_phone_faults.py", "tests/drivers/android/test_real_lane.py")
WANTED = "lie or noticed or probe or time"
LEAST = 20
LIMIT = 600.0  # seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "junit.xml")
        command = (
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            WANTED,
        )
        done = subprocess.run(
            (*command, *TESTS, f"--junitxml={told}", "-o", "junit_family=xunit1"),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        )
        rows = noticed(told)
    for fault, (kind, words) in sorted(rows.items()):
        print(f"{fault:24} {kind:18} {words[:150]}")  # noqa: T201 -- the answer
    verdict = "none passed" if done.returncode == 0 else "some were not noticed, or the honest phone was accused"
    print(f"{len(rows)} noticed, {verdict} (bar: {LEAST})")  # noqa: T201 -- the answer
    sys.exit(0 if done.returncode == 0 and len(rows) >= LEAST else 1)


def noticed(junit: Path) -> dict[str, tuple[str, str]]:
    """By fault: the kind of error and its words."""
    properties = ET.parse(junit).getroot().iter("property")  # noqa: S314 -- our own file
    told = [one.get("value", "") for one in properties if one.get("name") == "noticed"]
    found = (re.fullmatch(r"([\w-]+): (\w+): (.*)", one, re.DOTALL) for one in told)
    return {one[1]: (one[2], " ".join(one[3].split())) for one in found if one}


if __name__ == "__main__":
    main()

"""Each trouble for real; whoever meets it gets one line that says what it is and how to mend it, and exit 1."""

import resource
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from tests.setup.sample import Outcome, Sample, integrity, lock_npm

NPM_PACKAGE = b'{"name": "left", "version": "1.0.0"}'


def complains(outcome: Outcome, sample: Sample, what: str, mend: str) -> bool:
    """One line with the trouble, the remedy and the log; nothing else may be on stderr."""
    line = outcome.complaint
    told = (
        line.startswith(f"set-up: {what}")
        and mend in line
        and line.endswith(f"(log: {sample.root}/.build/setup.log)\n")
    )
    assert told, line
    return outcome.code == 1 and line.count("\n") == 1


def test_a_package_that_is_not_the_locked_one(sample: Sample) -> None:
    lock = sample.lock.read_text()
    sample.lock.write_text(lock[:-10] + "0123456789"[: len(lock[-10:-1])] + "\n")

    outcome = sample.set_up()

    what = "tiny==1.0 is not the package that requirements.txt names (hash mismatch)"
    assert complains(outcome, sample, what, "git checkout requirements.txt")
    assert "DO NOT MATCH THE HASHES" in (sample.root / ".build" / "setup.log").read_text()


def test_a_lock_without_hashes_and_the_old_environment_stays(ready: Sample) -> None:
    before = ready.lock.read_text()
    ready.lock.write_text(before + "other==1.0\n")
    outcome = ready.set_up()
    ready.lock.write_text(before)

    what = "requirements.txt is not a complete lock (other==1.0 has no version or no hash)"
    assert complains(outcome, ready, what, "make lock")
    assert "environment" not in ready.set_up().told


def test_no_lock(sample: Sample) -> None:
    sample.lock.unlink()

    assert complains(sample.set_up(), sample, "requirements.txt is missing", "git checkout requirements.txt")


def test_no_registry_for_python(sample: Sample, closed_port: int) -> None:
    outcome = sample.set_up(
        PIP_NO_INDEX="0", PIP_INDEX_URL=f"http://127.0.0.1:{closed_port}/simple", PIP_FIND_LINKS="", PIP_RETRIES="1"
    )

    assert complains(outcome, sample, "the Python package registry does not answer", "check network, proxy and pip's")


def test_a_dependency_that_nobody_locked(ready: Sample) -> None:
    backend = ready.root / "backend.py"
    before, description = backend.read_text(), ready.root / "pyproject.toml"
    backend.write_text(before.replace('REQUIRES = ""', 'REQUIRES = "Requires-Dist: forgotten\\n"'))
    description.write_text(description.read_text() + "# forgotten\n")

    outcome = ready.set_up()
    backend.write_text(before)

    what = "sample 1.0 requires forgotten, which requirements.txt lacks"
    assert complains(outcome, ready, what, "make lock")
    assert ready.set_up().code == 0


def test_an_npm_lock_that_is_out_of_step(ready: Sample) -> None:
    lock_npm(ready.root, {})
    package = ready.root / "drivers" / "appium" / "package.json"
    package.with_name("left.tgz").write_bytes(packed())
    package.write_text('{"name": "sample", "dependencies": {"left": "file:left.tgz"}}')

    what = "drivers/appium/package-lock.json is out of step with package.json"
    assert complains(ready.set_up(), ready, what, "npm install --package-lock-only")


def test_an_npm_package_that_is_not_the_locked_one(ready: Sample) -> None:
    package = packed()
    (ready.root / "drivers" / "appium" / "left.tgz").write_bytes(package)
    row = {"version": "file:left.tgz", "resolved": "file:left.tgz", "integrity": integrity(b"another")}
    lock_npm(ready.root, {"left": row})

    what = "an npm package is not the one that package-lock.json names (hash mismatch)"
    assert complains(ready.set_up(), ready, what, "git checkout drivers/appium/package-lock.json")

    lock_npm(ready.root, {"left": row | {"integrity": integrity(package)}})
    assert ready.set_up().code == 0


def test_no_registry_for_npm(ready: Sample, closed_port: int) -> None:
    lock_npm(ready.root, {"left": {"version": "1.0.0", "integrity": integrity(packed())}})

    outcome = ready.set_up(npm_config_registry=f"http://127.0.0.1:{closed_port}/")

    assert complains(outcome, ready, "the npm registry does not answer", "npm's own configuration")


def test_no_room_for_what_is_installed(sample: Sample) -> None:
    with files_up_to(64 * 1024):
        outcome = sample.set_up()

    assert complains(outcome, sample, "no room to write", "free 3 GB")


def test_no_room_for_the_log(sample: Sample) -> None:
    (sample.root / ".build").mkdir()
    (sample.root / ".build" / "setup.log").symlink_to("/dev/full")

    assert complains(sample.set_up(), sample, "no room to write", "free 3 GB")


def test_a_folder_that_cannot_be_made(sample: Sample) -> None:
    (sample.root / ".build").write_text("in the way")

    outcome = sample.set_up()

    assert complains(outcome, sample, f"File exists: {sample.root}/.build", "mend that")


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """For the processes started within: the write that goes beyond fails, as on a full disk (EFBIG, setrlimit(2))."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def packed() -> bytes:
    """What `npm pack` would make of one small package."""
    data = BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(NPM_PACKAGE)
        archive.addfile(entry, BytesIO(NPM_PACKAGE))
    return data.getvalue()

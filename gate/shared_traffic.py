"""What of the recorded traffic may be handed on: a HAR for each phone, without a secret in it."""

from collections.abc import Container, Iterator
from pathlib import Path

from gate.rundir import read_object
from traffic.confidential import confidential_in
from traffic.exchanges import Recording
from traffic.har import write_har
from traffic.learning import as_secrets
from traffic.policy import shipped_policy
from traffic.secrets import Secrets


class SharedTraffic:
    """Knows where each phone's recording stood when the session began; one that starts later is all the session's."""

    def __init__(self, lab: Path) -> None:
        self._lab = lab
        self._began = {path: Recording(path).position() for path in self._recordings(None) if path.is_file()}

    def write(self, name: str, phones: Container[str], known: Secrets) -> Iterator[Path]:
        """`name`.har beside the recording of each of the phones. Raises EvidenceMissing for one that is damaged.

        Not only `known` secrets are taken out, also those that the whole recording shows: a token of an earlier
        session may still be in use in this one.
        """
        for path in self._recordings(phones):
            recording, policy = Recording(path), shipped_policy()
            shown = (one for seen in recording.each_exchange() for one in confidential_in(seen, policy))
            learnt = as_secrets(shown, {each.value for each in known}, policy)
            har = path.with_name(f"{name}.har")
            exchanges = recording.exchanges(self._began.get(path, 0))
            write_har(har, exchanges, Secrets.searchable([*known, *learnt]))
            yield har

    def _recordings(self, phones: Container[str] | None) -> Iterator[Path]:
        for lane in read_object(self._lab).get("lanes", ()):
            if phones is None or lane["phone"]["name"] in phones:
                yield Path(lane["recorder"]["events"])

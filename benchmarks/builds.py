"""The app files that take turns on one phone, each with the state that it made itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.blocks import Build, Measured, Schedule, alone
from benchmarks.conditions import conditions_of
from benchmarks.deciding import Stopper, looks_of
from benchmarks.settings import Settings
from drivers.app_file import AppFile
from drivers.phone import Phone
from faults import CapabilityMissing

LONGEST = 3600  # seconds that the rounds of one benchmark may take on a slow phone with a base
UNKEPT = "as the round before left it"
KEPT = "put back before each round"
AHEAD = "the lab goes before everything else on it"
AMONG = "the lab shares it with whatever else runs there"


@dataclass(slots=True)
class Builds:
    """`family` is how many benchmarks the run times; `ahead`: nothing else on this machine comes before them.

    `fill` makes the app fetch everything anew, so that the data are as this very build keeps them.
    """

    phone: Phone
    candidate: AppFile
    base: AppFile | None
    settings: Settings
    family: int
    ahead: bool
    fill: Callable[[Phone], None]
    disk: str = field(default=KEPT, init=False)
    _made: set[str] = field(default_factory=set, init=False)

    @property
    def turns(self) -> tuple[Build, ...]:
        """Whose state there is."""
        return (Build.CANDIDATE,) if self.base is None else (Build.CANDIDATE, Build.BASE)

    def schedule(self, rounds: int) -> Schedule:
        """So many rounds of the candidate alone; with a base as many of each as it takes to decide."""
        if self.base is None:
            return alone(rounds)
        base = self.settings.base
        return Schedule(tuple(Build), base.block, looks_of(self.settings), base.seconds)

    def decided(self, names: Mapping[str, str]) -> Callable[[Measured], bool]:
        """Whether the rounds so far decide these figures; `names` are their benchmarks."""
        return Stopper(self.settings, self.family, names)

    def put_on(self, build: Build) -> None:
        """Install its file over the other, as an update, each time it takes a turn: all turns begin alike."""
        if self.base is not None:
            self.phone.install(self.file_of(build))

    def conditions(self) -> dict[str, str]:
        """Those of the candidate, whoever had the last turn."""
        self.put_on(Build.CANDIDATE)
        return {**conditions_of(self.phone), "machine": AHEAD if self.ahead else AMONG}

    def file_of(self, build: Build) -> AppFile:
        return self.candidate if build is Build.CANDIDATE or self.base is None else self.base

    def put_on_with_state(self, build: Build) -> None:
        """With the data that this build fetched itself, made at its first turn."""
        self.put_on(build)
        if self._slot(build) not in self._made:
            self._make_state(build)
        self.restore(build)

    def restore(self, build: Build) -> None:
        """The disk as it was before the last round, where the phone can do that."""
        if self.disk == KEPT:
            self.phone.restore_state(self._slot(build))

    def _make_state(self, build: Build) -> None:
        if self.base is not None:
            self.fill(self.phone)
        self._made.add(self._slot(build))
        try:
            self.phone.keep_state(self._slot(build))
        except CapabilityMissing:
            self.disk = UNKEPT

    def close(self) -> None:
        """The candidate stays on the phone."""
        if self.base is not None:
            self.phone.install(self.candidate)
        if self.disk == KEPT and self._made:
            self.phone.forget_states()

    def _slot(self, build: Build) -> str:
        return "candidate" if build is Build.CANDIDATE else "base"

from dataclasses import dataclass


@dataclass(slots=True)
class Location:
    """The last GPS fix, degrees and metres; None before the console gave one."""

    latitude: float | None = None
    longitude: float | None = None
    altitude: float = 0.0

    def fix(self, longitude: float, latitude: float, altitude: float) -> None:
        """Raises ValueError where that is no place on earth."""
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # noqa: PLR2004 -- degrees
            raise ValueError("invalid longitude or latitude")
        self.latitude, self.longitude, self.altitude = latitude, longitude, altitude

    def __str__(self) -> str:
        """As LocationManagerService dumps it."""
        if self.latitude is None or self.longitude is None:
            return "null"
        return f"Location[gps {self.latitude:.6f},{self.longitude:.6f} hAcc=5.0 alt={self.altitude}]"

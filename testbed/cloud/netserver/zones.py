"""Time zones: which a tenant's dates are in, and which a caller wants them in (web-services/so-timezone.mdx).

Dates of the diary are stored in the tenant's base time zone, without one; stamps are UTC (archive columns
registeredDate and updatedDate) and stay so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from testbed.cloud.netserver.faults import bad_request

HEADER, OFFSET = "so-timezone", "includetzoffset"


@dataclass(frozen=True, slots=True)
class Zone:
    """`number` and `code` are the vendor's; `name` is the IANA database's."""

    number: int
    code: str
    country: str
    region: str
    name: str

    @property
    def rules(self) -> ZoneInfo:
        return _rules(self.name)


@cache
def _rules(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# the ones that the vendor's page gives numbers for
ZONES = (
    Zone(1, "UTC", "", "UTC/GMT", "UTC"),
    Zone(36, "AU-ACT", "Australia", "Capital Territory", "Australia/Canberra"),
    Zone(50, "BD", "Bangladesh", "", "Asia/Dhaka"),
    Zone(114, "CA-QC", "Canada", "Quebec", "America/Montreal"),
    Zone(140, "DK", "Denmark", "", "Europe/Copenhagen"),
    Zone(156, "FR", "France", "", "Europe/Paris"),
    Zone(261, "NO", "Norway", "", "Europe/Oslo"),
    Zone(425, "US-CA", "United States", "California", "America/Los_Angeles"),
    Zone(433, "US-HI", "United States", "Hawaii", "Pacific/Honolulu"),
    Zone(460, "US-NY", "United States", "New York", "America/New_York"),
)
BY_WORD = {word: zone for zone in ZONES for word in (zone.code, str(zone.number))}
# by tenant; everybody else is Norwegian
BASES = {"Cust20002": BY_WORD["DK"]}
NORWAY = BY_WORD["NO"]


def base_of(context: str) -> Zone:
    return BASES.get(context, NORWAY)


@dataclass(frozen=True, slots=True)
class Times:
    """From the store's dates to the caller's and back; `offset` says the zone with each date, as `-0500`."""

    base: Zone
    wanted: Zone
    offset: bool = False

    @property
    def plain(self) -> bool:
        """Whether dates go out as they are stored."""
        return self.base is self.wanted and not self.offset

    def out(self, stored: str) -> str:
        """A date of the diary as the caller wants it."""
        if self.plain or not stored:
            return stored
        moment = datetime.fromisoformat(stored).replace(tzinfo=self.base.rules)
        return self._written(moment.astimezone(self.wanted.rules))

    def stamp_out(self, stored: str) -> str:
        return f"{stored}+0000" if self.offset and stored else stored

    def read(self, given: str) -> str:
        """A date of the diary as it is stored; raises ValueError for what is none."""
        return self._stored(given, self.wanted, self.base)

    def read_stamp(self, given: str) -> str:
        """A stamp as it is stored; without a zone it is UTC; raises ValueError for what is none."""
        return self._stored(given, UTC_ZONE, UTC_ZONE)

    @staticmethod
    def _stored(given: str, unsaid: Zone, kept: Zone) -> str:
        try:
            moment = datetime.fromisoformat(given)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=unsaid.rules)
            moment = moment.astimezone(kept.rules)
        except OverflowError:
            # at the edge of what can be told, where other zones have no date any more
            raise ValueError from None
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")

    def _written(self, moment: datetime) -> str:
        told = moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return told + moment.strftime("%z") if self.offset else told


UTC_ZONE = BY_WORD["UTC"]


def times_for(context: str, headers: Mapping[str, str]) -> Times:
    """Raises ApiError 400 for a zone that is not known."""
    base = base_of(context)
    header = headers.get(HEADER)
    if header is None:
        return Times(base, base)
    word, *options = (part.strip() for part in header.split(","))
    zone = BY_WORD.get(word.upper())
    if zone is None or [option.lower() for option in options] not in ([], [OFFSET]):
        raise bad_request("SO-TimeZone must be a known code or number, and may add includeTZOffset")
    return Times(base, zone, bool(options))


def today_in(zone: Zone, now: float) -> date:
    return datetime.fromtimestamp(now, zone.rules).date()


def row(zone: Zone) -> dict[str, object]:
    """In the list of time zones; offsets of standard and daylight time in this year."""
    standard, daylight = _offsets(zone)
    return {
        "PrimaryKey": str(zone.number),
        "EntityName": "timezone",
        "id": zone.number,
        "timeZone": zone.code,
        "country": zone.country,
        "region": zone.region,
        "offset": _clock(standard),
        "daylight": "" if daylight == standard else _clock(daylight),
        "isActive": True,
    }


def carrier(zone: Zone) -> dict[str, object]:
    """The `TimeZoneData` carrier; a rule tells minutes from UTC."""
    standard, daylight = _offsets(zone)
    return {
        "TZLocationID": zone.number,
        "Name": zone.region or zone.country,
        "TZLocationCode": zone.code,
        "TZLocationCities": zone.name.rpartition("/")[2].replace("_", " "),
        "IsoNumber": 0,
        "TimeZoneSTDRules": {"Standard": {"TZOffset": _minutes(standard)}},
        "TimeZoneDSTRules": {} if daylight == standard else {"Daylight": {"TZOffset": _minutes(daylight)}},
    }


@cache
def _offsets(zone: Zone) -> tuple[timedelta, timedelta]:
    """Standard and daylight time, taken from midwinter and midsummer of a recent year."""
    found = sorted(datetime(2026, month, 1, tzinfo=zone.rules).utcoffset() or timedelta() for month in (1, 7))
    return found[0], found[1]


def _minutes(offset: timedelta) -> int:
    return round(offset.total_seconds() / 60)


def _clock(offset: timedelta) -> str:
    sign, minutes = ("-" if offset < timedelta() else "+"), abs(_minutes(offset))
    return f"{sign}{minutes // 60}:{minutes % 60:02}" if minutes else "0"

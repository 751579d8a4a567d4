"""What the emulator's console can do to the phone, and its own words for it (AOSP external/qemu, android/console.c)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from testbed.android.battery import HEALTH_WORDS, STATUS_WORDS
from testbed.android.faults import Fault
from testbed.handset.camera import ImageError
from testbed.handset.shaping import DELAYS, SPEEDS, Delay, Speed

if TYPE_CHECKING:
    from testbed.android.phone import Phone

type Deed = Callable[["Phone", list[str]], str]


def _ping(_: "Phone", __: list[str]) -> str:
    return "I am alive!\r\nOK"


def _avd_name(phone: "Phone", _: list[str]) -> str:
    return f"{phone.model.replace(' ', '_')}\r\nOK"


def _avd_status(_: "Phone", __: list[str]) -> str:
    return "virtual device is running\r\nOK"


def _avd_path(phone: "Phone", _: list[str]) -> str:
    return f"{phone.home}\r\nOK"


def _finger(phone: "Phone", words: list[str]) -> str:
    """`finger touch ID`, `finger remove`."""
    if words[1] == "touch":
        if not (len(words) > 2 and words[2].isdigit()):  # noqa: PLR2004 -- finger touch ID
            return "KO: missing fingerprint id"
        phone.sensor.touch(int(words[2]))
    phone.log.write("I", "FingerprintHal", " ".join(words[1:]), buffer="system")
    return "OK"


def _scene_image(phone: "Phone", words: list[str]) -> str:
    if len(words) < 3 or words[1] not in ("table", "wall"):  # noqa: PLR2004 -- virtualscene-image NAME FILE
        return "KO: Usage: virtualscene-image <poster> <filename>"
    if words[1] == "wall":
        phone.unmodelled.note("console", " ".join(words))
        return "KO: this camera sees the table only"
    if not Path(words[2]).is_file():
        return "KO: Failed to load image"
    try:
        if Fault.CAMERA_KEEPS_PICTURE not in phone.faults or not phone.lies.picture:
            phone.camera.look_at(Path(words[2]))
            phone.lies.picture = True
    except (OSError, ImageError):
        return "KO: Failed to load image"
    return "OK"


def _help(_: "Phone", __: list[str]) -> str:
    names = sorted({name.split()[0] for name in COMMANDS} | {"auth", "quit", "exit"})
    return "Android console commands:\r\n" + "".join(f"    {name}\r\n" for name in names) + "OK"


def _kill(phone: "Phone", _: list[str]) -> str:
    phone.power_off()
    return "OK: killing emulator, bye bye"


def _sms(phone: "Phone", words: list[str]) -> str:
    """`sms send NUMBER TEXT…`: into the inbox, the log and the notifications."""
    if len(words) < 4:  # noqa: PLR2004 -- sms send NUMBER TEXT
        return "KO: missing argument, try 'sms send <phonenumber> <text message>'"
    number, text = words[2], " ".join(words[3:])
    if not number.lstrip("+").isdigit():
        return "KO: bad phone number format, must be [+](0-9)*"
    phone.inbox.receive(number, text, phone.clock.now())
    phone.surface.shade.post("com.android.messaging", number, number, text, phone.clock.now())
    phone.log.write("D", "SmsReceiver", f"onReceive from {len(number)} digits", buffer="radio")
    return "OK"


def _geo(phone: "Phone", words: list[str]) -> str:
    """`geo fix LONGITUDE LATITUDE [ALTITUDE …]`."""
    try:
        numbers = [float(word) for word in words[2:5]]
        phone.location.fix(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 0.0)  # noqa: PLR2004 -- altitude
    except (ValueError, IndexError):
        return "KO: argument '<longitude> <latitude>' are not numbers or out of range"
    return "OK"


def _geo_nmea(phone: "Phone", words: list[str]) -> str:
    phone.unmodelled.note("console", " ".join(words))
    return "KO: NMEA sentences are not modelled"


def _speed(phone: "Phone", words: list[str]) -> str:
    """`network speed NAME|N|UP:DOWN`, kilobits a second."""
    word = words[2] if len(words) > 2 else ""  # noqa: PLR2004 -- network speed WORD
    found = SPEEDS.get(word) or _numbers(word, lambda up, down: Speed(up * 1000, down * 1000))
    if found is None:
        return "KO: invalid <speed> argument, see 'help network speed' for valid values"
    phone.uplink.shaper.set_speed(found)
    return "OK"


def _delay(phone: "Phone", words: list[str]) -> str:
    """`network delay NAME|N|LOW:HIGH`, milliseconds."""
    word = words[2] if len(words) > 2 else ""  # noqa: PLR2004 -- network delay WORD
    found = DELAYS.get(word) or _numbers(word, Delay)
    if found is None:
        return "KO: invalid <delay> argument, see 'help network delay' for valid values"
    phone.uplink.shaper.set_delay(found)
    return "OK"


def _numbers[T](word: str, make: Callable[[float, float], T]) -> T | None:
    first, _, second = word.partition(":")
    try:
        numbers = float(first), float(second or first)
    except ValueError:
        return None
    return make(*numbers) if min(numbers) >= 0 else None


def _network_status(phone: "Phone", _: list[str]) -> str:
    speed, delay = phone.uplink.shaper.speed, phone.uplink.shaper.delay
    return (
        "Current network status:\r\n"
        f"  download speed: {speed.down:8.0f} bits/s ({speed.down / 8192:.1f} KB/s)\r\n"
        f"  upload speed:   {speed.up:8.0f} bits/s ({speed.up / 8192:.1f} KB/s)\r\n"
        f"  minimum latency:  {delay.low:.0f} ms\r\n  maximum latency:  {delay.high:.0f} ms\r\nOK"
    )


def _power(phone: "Phone", words: list[str]) -> str:
    """`power capacity|status|ac|present|health VALUE`, `power display`."""
    state, value = phone.power, words[2] if len(words) > 2 else ""  # noqa: PLR2004 -- power WHAT VALUE
    match words[1], value:
        case "capacity", number if number.isdigit() and int(number) <= 100:  # noqa: PLR2004 -- percent
            state.level = int(number)
        case "status", word if word in STATUS_WORDS:
            state.status = STATUS_WORDS[word]
        case "ac", "on" | "off":
            state.plug(ac=value == "on")
        case "present", "true" | "false":
            state.present = value == "true"
        case "health", word if word in HEALTH_WORDS:
            state.health = HEALTH_WORDS[word]
        case "display", "":
            words_of = {number: word for word, number in STATUS_WORDS.items()}
            ac = "online" if state.ac else "offline"
            lines = (f"AC: {ac}", f"status: {words_of[state.status].title()}", "health: Good")
            return "\r\n".join((*lines, f"present: {state.present}", f"capacity: {state.level}", "OK"))
        case "capacity", _:
            return 'KO: Usage: "capacity <percentage>"'
        case _:
            return f"KO: Usage: {words[1]}"
    return "OK"


def _gsm(phone: "Phone", words: list[str]) -> str:
    """`gsm data on|off|home…`, `voice …`, `signal N`, `list`: of these only data changes what apps can do."""
    match words[1:]:
        case ["data", "on" | "home" | "roaming"]:
            phone.radios.switch("mobile_data", on=True)
        case ["data", "off" | "unregistered" | "denied" | "searching"]:
            phone.radios.switch("mobile_data", on=False)
        case ["list"] | ["signal", *_] | ["voice", *_] | ["signal-profile", _]:
            pass
        case ["status"]:
            on = phone.radios.is_on("mobile_data")
            return f"gsm voice state: home\r\ngsm data state:  {'home' if on else 'off'}\r\nOK"
        case ["call" | "busy" | "hold" | "accept" | "cancel", *_]:
            phone.unmodelled.note("console", " ".join(words))
            return "KO: calls are not modelled"
        case _:
            return "KO: bad sub-command"
    return "OK"


def _rotate(phone: "Phone", _: list[str]) -> str:
    """A quarter turn to the left, as the emulator's window does."""
    phone.rotate(phone.rotation + 1)
    return "OK"


COMMANDS: dict[str, Deed] = {
    "avd id": _avd_name,
    "avd name": _avd_name,
    "avd path": _avd_path,
    "avd status": _avd_status,
    "finger touch": _finger,
    "finger remove": _finger,
    "geo fix": _geo,
    "geo nmea": _geo_nmea,
    **{f"gsm {name}": _gsm for name in ("data", "voice", "signal", "signal-profile", "list", "status")},
    **{f"gsm {name}": _gsm for name in ("call", "busy", "hold", "accept", "cancel")},
    "help": _help,
    "kill": _kill,
    "network delay": _delay,
    "network speed": _speed,
    "network status": _network_status,
    "ping": _ping,
    **{f"power {name}": _power for name in ("ac", "capacity", "display", "health", "present", "status")},
    "rotate": _rotate,
    "sms send": _sms,
    "virtualscene-image": _scene_image,
}
GROUPS = frozenset(name.split()[0] for name in COMMANDS if " " in name)

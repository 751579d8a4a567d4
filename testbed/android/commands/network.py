"""`ip`, `ifconfig`: the interfaces and routes that the radios give (iproute2; toybox ifconfig.c).

Addresses as in an emulator (external/qemu android/docs, "network address space").
"""

from dataclasses import dataclass
from ipaddress import IPv4Interface

from testbed.android.shell.call import Call


@dataclass(frozen=True, slots=True)
class Interface:
    number: int
    name: str
    inet: IPv4Interface
    hardware: str
    mtu: int = 1500

    @property
    def is_loopback(self) -> bool:
        return self.inet.ip.is_loopback

    @property
    def address(self) -> str:
        return str(self.inet.ip)

    @property
    def bits(self) -> int:
        return self.inet.network.prefixlen


LOOPBACK = Interface(1, "lo", IPv4Interface("127.0.0.1/8"), "00:00:00:00:00:00", 65536)
NETWORKS = {
    "MOBILE": Interface(2, "eth0", IPv4Interface("10.0.2.15/24"), "52:54:00:12:34:56"),
    "WIFI": Interface(3, "wlan0", IPv4Interface("10.0.2.16/24"), "02:15:b2:00:00:00"),
}
"""By what carries the traffic now."""


def interfaces(active: str | None) -> tuple[Interface, ...]:
    """Those that are up."""
    return (LOOPBACK,) if active is None else (LOOPBACK, NETWORKS[active])


async def ip(call: Call) -> int:
    """`ip [-4] addr|link|route [show [DEV]]`."""
    words = [word for word in call.arguments if word not in ("-4", "show", "list", "dev")]
    what, *rest = words or [""]
    found = [one for one in interfaces(call.phone.radios.active) if not rest or one.name == rest[0]]
    if what in ("a", "addr", "address", "l", "link") and len(rest) < 2:  # noqa: PLR2004 -- one device
        if not found:
            return await call.fail(f'Device "{rest[0]}" does not exist.', 1)
        with_addresses = what[0] == "a"
        return await call.say("".join(_described(one, with_addresses=with_addresses) for one in found))
    if what in ("r", "ro", "route") and not rest:
        return await call.say("".join(_route(one) for one in found if not one.is_loopback))
    return await call.unmodelled(f'Object "{what}" is unknown, try "ip help".')


def _described(one: Interface, *, with_addresses: bool) -> str:
    kind = "loopback" if one.is_loopback else "ether"
    flags = "LOOPBACK,UP,LOWER_UP" if one.is_loopback else "BROADCAST,MULTICAST,UP,LOWER_UP"
    state = "UNKNOWN" if one.is_loopback else "UP"
    rows = [
        f"{one.number}: {one.name}: <{flags}> mtu {one.mtu} qdisc noqueue state {state} group default qlen 1000",
        f"    link/{kind} {one.hardware} brd {'00:00:00:00:00:00' if one.is_loopback else 'ff:ff:ff:ff:ff:ff'}",
    ]
    scope = (
        f"scope host {one.name}"
        if one.is_loopback
        else f"brd {one.inet.network.broadcast_address} scope global {one.name}"
    )
    if with_addresses:
        rows += [f"    inet {one.address}/{one.bits} {scope}", "       valid_lft forever preferred_lft forever"]
    return "".join(f"{row}\n" for row in rows)


def _route(one: Interface) -> str:
    return f"{one.inet.network} dev {one.name} proto kernel scope link src {one.address} \n"


async def ifconfig(call: Call) -> int:
    """`ifconfig [-a] [DEV]`; setting anything is root's affair."""
    words = [word for word in call.arguments if word != "-a"]
    if len(words) > 1:
        return await call.unmodelled(f"ifconfig: bad argument '{words[1]}'")
    found = [one for one in interfaces(call.phone.radios.active) if not words or one.name == words[0]]
    if not found:
        return await call.fail(f"ifconfig: {words[0]}: No such device")
    return await call.say("\n".join(_old_form(one) for one in found) + "\n")


def _old_form(one: Interface) -> str:
    kind = "Local Loopback" if one.is_loopback else f"Ethernet  HWaddr {one.hardware}"
    ends = "" if one.is_loopback else f"  Bcast:{one.inet.network.broadcast_address} "
    flags = "UP LOOPBACK RUNNING" if one.is_loopback else "UP BROADCAST RUNNING MULTICAST"
    return (
        f"{one.name:<9} Link encap:{kind}\n          inet addr:{one.address}{ends} Mask:{one.inet.netmask}\n"
        f"          {flags}  MTU:{one.mtu}  Metric:1\n"
    )

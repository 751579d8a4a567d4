"""Made-up things of the shapes that checks compare, each with as little said as matters."""

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.phone import StoredFile
from drivers.tenant import Account, IssuedSecret, Marker, ServedRequest
from suites.tour import Tour
from traffic.exchanges import Exchange
from traffic.secrets import Secrets

ADA = Account("Ada", "ada@nordlys.test", "a password", ("Cust10001",))


def file(content: bytes, path: str = "databases/pocket.db") -> StoredFile:
    return StoredFile(path, content)


def mark(number: int) -> Marker:
    return Marker("sale", number, f"mk-10001-sale-{number:06}-x7f3")


def marks(numbers: Iterable[int]) -> tuple[Marker, ...]:
    return tuple(map(mark, numbers))


def secret(value: str, kind: str = "access_token") -> IssuedSecret:
    return IssuedSecret(kind, value, ADA.email, ADA.tenants[0])


def exchange(path: str, host: str = "online.superoffice.test") -> Exchange:
    return Exchange(0, 1.0, 1.0, "https", "GET", host, 443, path, f"https://{host}{path}")


def served(path: str, method: str = "GET", host: str = "online.superoffice.test") -> ServedRequest:
    return ServedRequest(method, host, path)


@dataclass(slots=True)
class PaperTenant:
    """The part of `drivers.tenant.Tenant` that says what was issued and what was served."""

    known: tuple[IssuedSecret, ...] = ()
    answered: tuple[ServedRequest, ...] = ()

    def issued(self) -> tuple[IssuedSecret, ...]:
        return self.known

    def served(self) -> tuple[ServedRequest, ...]:
        return self.answered


def tour(*exchanges: Exchange) -> Tour:
    return Tour(ADA, ADA.tenants[0], exchanges, (), (), (), "", Secrets(()))

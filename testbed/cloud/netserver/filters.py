"""`$filter` of a list: a small grammar (search/odata), turned into a condition of SQL with its values apart.

    condition  = term { "or" term }        term = factor { "and" factor }
    factor     = "(" condition ")" | column operator [ operand ]
    operand    = value | "(" value { "," value } ")"

What is not listed here is refused, never ignored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import bad_request
from testbed.cloud.netserver.fields import Field, Kind
from testbed.cloud.netserver.zones import Times

LONGEST, MOST_CLAUSES, DEEPEST, MOST_VALUES = 2000, 60, 10, 200
TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<sign>[(),=])|(?P<word>[^\s'(),=]+))")
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str = "1"
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, on which day, in which time zone: some operators go by that."""

    associate: int
    today: date
    times: Times


@dataclass(frozen=True, slots=True)
class Operator:
    """`operands` from and to how many it takes; `write` makes SQL of the quoted column and the operands' places."""

    operands: tuple[int, int]
    write: Callable[[str, int], str]


def _compares(sign: str) -> Operator:
    return Operator((1, 1), lambda column, _: f"{column} {sign} ?")


def _listed(column: str, amount: int) -> str:
    return f"{column} IN ({', '.join('?' * amount)})"


def _like(column: str, _: int) -> str:
    return f"{column} LIKE ? ESCAPE '\\'"


EQUAL, UNEQUAL = _compares("="), _compares("<>")
BETWEEN = Operator((2, 2), lambda column, _: f"{column} BETWEEN ? AND ?")
ONE_OF = Operator((1, MOST_VALUES), _listed)
NOT_ONE_OF = Operator((1, MOST_VALUES), lambda column, amount: f"NOT {_listed(column, amount)}")
LIKE, UNLIKE = Operator((1, 1), _like), Operator((1, 1), lambda column, n: f"NOT {_like(column, n)}")
SAME = Operator((1, 1), lambda column, _: f"{column} = ? COLLATE NOCASE")
OTHER = Operator((1, 1), lambda column, _: f"{column} <> ? COLLATE NOCASE")
# from the beginning of one day to before that of another
WITHIN = Operator((2, 2), lambda column, _: f"({column} >= ? AND {column} < ?)")
FROM, UNTIL = _compares(">="), _compares("<")

EQUALITY = {**dict.fromkeys(("eq", "=", "equals", "set"), EQUAL), **dict.fromkeys(("ne", "unequals"), UNEQUAL)}
MEMBERSHIP = {"oneOf": ONE_OF, "notOneOf": NOT_ONE_OF}
NUMBERS = {
    **EQUALITY,
    **MEMBERSHIP,
    **dict.fromkeys(("lt", "less"), _compares("<")),
    **dict.fromkeys(("gt", "greater"), _compares(">")),
    "le": _compares("<="),
    "ge": _compares(">="),
    "between": BETWEEN,
}
TEXTS = {
    "is": SAME,
    "isNot": OTHER,
    **dict.fromkeys(("contains", "begins", "ends"), LIKE),
    **dict.fromkeys(("notContains", "notBegins"), UNLIKE),
    **dict.fromkeys(("oneOf", "in"), ONE_OF),
    "notOneOf": NOT_ONE_OF,
}
DATES = {
    "dateTime": EQUAL,
    "afterTime": _compares(">"),
    "beforeTime": UNTIL,
    "date": WITHIN,
    "before": UNTIL,
    "beforeOrEqual": UNTIL,
    "after": FROM,
    "afterOrEqual": FROM,
    **dict.fromkeys(("dateBetween", "between"), WITHIN),
    "beforeToday": UNTIL,
    "today": WITHIN,
    "afterToday": FROM,
}
OPERATORS: Mapping[Kind, Mapping[str, Operator]] = {
    Kind.NUMBER: NUMBERS,
    Kind.DECIMAL: NUMBERS,
    Kind.TEXT: TEXTS,
    Kind.WORD: TEXTS,
    Kind.CHOICE: {**EQUALITY, **MEMBERSHIP},
    Kind.DATE: DATES,
    Kind.STAMP: DATES,
    Kind.ASSOCIATE: {**NUMBERS, "currentAssociate": EQUAL},
}
PATTERNS = {"contains": "%{}%", "notContains": "%{}%", "begins": "{}%", "notBegins": "{}%", "ends": "%{}"}
# these do not tell upper from lower case, which SQLite knows by itself of ASCII alone
CASELESS = frozenset({*PATTERNS, "is", "isNot"})
UNARY = frozenset({"currentAssociate", "beforeToday", "today", "afterToday"})
# (days to add to the first and to the last operand, so that "after the 3rd" is "from the 4th on")
DAYS = {"after": (1,), "beforeOrEqual": (1,), "before": (0,), "afterOrEqual": (0,)}


def read(text: str, kind: EntityKind, asker: Asker) -> Condition:
    """Raises ApiError 400 for whatever the grammar does not have."""
    if len(text) > LONGEST:
        raise bad_request(f"$filter is longer than {LONGEST} characters")
    reader = _Reader(_tokens(text), kind, asker)
    condition = reader.condition(0)
    reader.end()
    return condition


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = TOKEN.match(stripped, at)
        if match is None:
            raise bad_request("$filter has a text without its end")
        found.append(match.group().lstrip())
        at = match.end()
    return found


class _Reader:
    """Takes one token after the other; each method reads what it is named after."""

    def __init__(self, tokens: list[str], kind: EntityKind, asker: Asker) -> None:
        self._tokens = tokens
        self._at = 0
        self._kind = kind
        self._asker = asker
        self._clauses = 0

    def condition(self, depth: int) -> Condition:
        return self._joined("or", lambda: self._term(depth))

    def end(self) -> None:
        if self._at != len(self._tokens):
            raise bad_request("$filter goes on where it should end")

    def _term(self, depth: int) -> Condition:
        return self._joined("and", lambda: self._factor(depth))

    def _joined(self, word: str, read_part: Callable[[], Condition]) -> Condition:
        parts = [read_part()]
        while self._next().lower() == word:
            self._take()
            parts.append(read_part())
        sql = f" {word.upper()} ".join(part.sql for part in parts)
        return Condition(f"({sql})" if len(parts) > 1 else sql, tuple(v for part in parts for v in part.values))

    def _factor(self, depth: int) -> Condition:
        if self._next() != "(":
            return self._clause()
        if depth == DEEPEST:
            raise bad_request(f"$filter is nested more than {DEEPEST} deep")
        self._take()
        inner = self.condition(depth + 1)
        self._expect(")")
        return inner

    def _clause(self) -> Condition:
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            raise bad_request(f"$filter has more than {MOST_CLAUSES} comparisons")
        field = self._kind.by_column.get(self._take())
        if field is None:
            raise bad_request(f"$filter names a column that {self._kind.name} does not have")
        name = self._take()
        operator = OPERATORS[field.kind].get(name)
        if operator is None:
            raise bad_request(f"$filter compares {field.column} by an operator it does not have")
        values = self._values(field, name, operator)
        column = f'"{_stored_in(self._kind, field)}"'
        if name in CASELESS and not all(str(value).isascii() for value in values):
            column, values = f"fold({column})", tuple(str(value).casefold() for value in values)
        return Condition(operator.write(column, len(values)), values)

    def _values(self, field: Field, name: str, operator: Operator) -> tuple[Value, ...]:
        given = [] if name in UNARY else self._operands()
        values = _compared(field, name, given, self._asker)
        least, most = operator.operands
        if not least <= len(values) <= most:
            raise bad_request(f"$filter gives {name} the wrong number of values")
        return values

    def _operands(self) -> list[str]:
        if self._next() != "(":
            return [self._take()]
        self._take()
        found = [self._take()]
        while self._next() == ",":
            self._take()
            found.append(self._take())
        self._expect(")")
        return found

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        if not token:
            raise bad_request("$filter ends too early")
        self._at += 1
        return token

    def _expect(self, sign: str) -> None:
        if self._take() != sign:
            raise bad_request(f"$filter lacks a {sign}")


def _stored_in(kind: EntityKind, field: Field) -> str:
    return "id" if field.column == kind.key else field.column


def _compared(field: Field, name: str, given: list[str], asker: Asker) -> tuple[Value, ...]:
    """The operands as the store keeps such values; raises ApiError 400."""
    match field.kind:
        case Kind.NUMBER | Kind.CHOICE | Kind.DECIMAL | Kind.ASSOCIATE:
            return (asker.associate,) if name in UNARY else tuple(_number(each) for each in given)
        case Kind.TEXT | Kind.WORD:
            pattern = PATTERNS.get(name)
            return tuple(_pattern(pattern, _text(each)) if pattern else _text(each) for each in given)
        case Kind.DATE | Kind.STAMP:
            return _moments(field, name, [_text(each) for each in given], asker)


def _number(token: str) -> float:
    if not DECIMAL.fullmatch(token):
        raise bad_request("$filter compares a number with something else")
    return float(token) if "." in token else int(token)


def _text(token: str) -> str:
    if len(token) < len("''") or not token.startswith("'"):
        raise bad_request("$filter compares with a text that is not in single quotes")
    return token[1:-1].replace("''", "'")


def _pattern(pattern: str, text: str) -> str:
    return pattern.format(text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))


def _moments(field: Field, name: str, given: list[str], asker: Asker) -> tuple[str, ...]:
    try:
        if name in {"afterTime", "beforeTime", "dateTime"}:
            read_one = asker.times.read_stamp if field.kind is Kind.STAMP else asker.times.read
            return tuple(read_one(each) for each in given)
        return tuple(f"{day}T00:00:00.000" for day in _days(name, given, asker.today))
    except (ValueError, OverflowError):
        raise bad_request("$filter holds no readable date") from None


def _days(name: str, given: list[str], today: date) -> tuple[date, ...]:
    """The days at whose beginning the operator draws its lines; raises ValueError."""
    tomorrow = timedelta(days=1)
    match name:
        case "beforeToday":
            return (today,)
        case "afterToday":
            return (today + tomorrow,)
        case "today":
            return (today, today + tomorrow)
    if not all(DAY.fullmatch(each) for each in given):
        raise ValueError
    days = tuple(date.fromisoformat(each) for each in given)
    if name in DAYS:
        return tuple(day + tomorrow * more for day, more in zip(days, DAYS[name] * len(days), strict=True))
    if name == "date":
        return tuple(each for day in days for each in (day, day + tomorrow))
    return (*days[:-1], *(day + tomorrow for day in days[-1:]))

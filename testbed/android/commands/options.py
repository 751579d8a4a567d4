"""Options of the small tools, as toybox reads them."""

from dataclasses import dataclass

from testbed.android.shell.call import Call


class OptionError(ValueError):
    """The tool does not know the option."""


@dataclass(frozen=True, slots=True)
class Options:
    flags: frozenset[str]
    values: dict[str, str]
    operands: tuple[str, ...]


def read(call: Call, flags: str = "", valued: str = "") -> Options:
    """Splits a call's words; raises OptionError for one the table does not list."""
    found: set[str] = set()
    values: dict[str, str] = {}
    operands: list[str] = []
    words = list(call.arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            operands += words
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in valued and (letters or words):
                values[letter], letters = letters or words.pop(0), ""
            elif letter in flags:
                found.add(letter)
            else:
                raise OptionError(f"{call.name}: Unknown option '{letter}' (see \"{call.name} --help\")")
    return Options(frozenset(found), values, tuple(operands))


def operands(call: Call, valued: frozenset[str]) -> list[str]:
    """The words of a service command that are neither options nor the values of these."""
    words, found = list(call.arguments), []
    while words:
        word = words.pop(0)
        if word in valued:
            words[:1] = []
        elif not word.startswith("-") or word == "-":
            found.append(word)
    return found

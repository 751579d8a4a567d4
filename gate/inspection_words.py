"""An inspection as people read it, with the rows that they may put into their configuration."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.inspection import Inspection, Seen

MOST = 60  # characters of a text


def show_inspection(found: Inspection, console: Console) -> None:
    console.print(Text(f"{found.phone}: {len(found.elements)} elements on the screen of {found.package}", "bold"))
    if found.asks:
        console.print(Text(f"the system asks over it: {found.asks}", "yellow"))
    table = Table(box=None, pad_edge=False, show_edge=False)
    for title in ("sort", "shows", "locator", "finds", "is"):
        table.add_column(title, overflow="fold")
    for place, one in enumerate(found.elements):
        names = ", ".join(_called(row.name, found=row.found) for row in found.rows if row.element == place)
        table.add_row(*map(Text, (one.sort, _shortened(one), one.locator, _finds(one), names)))
    console.print(table)
    _show_rows(found, console)
    console.print(
        f"{found.screenshot} (shows everything that is on the screen, also what is hidden above)",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )


def _show_rows(found: Inspection, console: Console) -> None:
    guesses = [row for row in found.rows if not row.found]
    if not guesses:
        return
    lines = [f"[controls.{found.platform}]", *(f"{row.name} = '{row.locator}'" for row in guesses)]
    console.print(
        Text("\nGuesses by what the elements say; look, and put those that are right into the configuration:", "bold")
    )
    console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)


def _called(name: str, *, found: bool) -> str:
    return name if found else f"{name}?"


def _finds(one: Seen) -> str:
    if not one.tried:
        return "nothing: hidden"
    return "one" if one.is_unique else f"{one.tried[-1].matches}, not unique"


def _shortened(one: Seen) -> str:
    text = one.typed or one.text
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from testbed.screen import Box, Display


@dataclass(frozen=True)
class Frame:
    root: Mapping[str, object]
    package: str = "test.superoffice.pocket"
    screen: str = "Diary"


@dataclass(frozen=True)
class Screens:
    rows: tuple[dict[str, object], ...] = field(
        default_factory=lambda: tuple({"key": f"row {n}", "kind": "item", "text": f"row {n}"} for n in range(100))
    )

    def diary(self, text: str = "") -> dict[str, object]:
        children = [{"key": "q", "kind": "field", "text": text}, {"key": "list", "kind": "list", "children": self.rows}]
        return {"key": "root", "kind": "column", "children": children}


SCREENS = Screens()


def box(display: Display, frame: Frame, key: str) -> Box:
    return next(each for each in display.arrange(frame).root.walk() if each.view.key == key)


def test_scrolling_lasts_over_a_new_frame_of_the_same_screen() -> None:
    display = Display()
    display.arrange(Frame(SCREENS.diary()))
    display.scroll("list", 700)

    assert box(display, Frame(SCREENS.diary()), "list").offset == 700


def test_another_screen_starts_unscrolled_and_unfocused() -> None:
    display = Display()
    display.arrange(Frame(SCREENS.diary()))
    display.scroll("list", 700)
    display.focus("q")

    contacts = Frame(SCREENS.diary(), screen="Contacts")

    assert box(display, contacts, "list").offset == 0
    assert display.arrange(contacts).focused is None


def test_an_app_that_comes_back_to_the_front_is_as_it_was_left() -> None:
    display, diary = Display(), Frame(SCREENS.diary())
    display.arrange(diary)
    display.focus("q")
    display.arrange(Frame(SCREENS.diary(), package="com.android.browser"))

    assert display.arrange(diary).focused == "q"


def test_another_keyboard_comes_with_another_size() -> None:
    display, diary = Display((1000, 2000), keyboard=800), Frame(SCREENS.diary())
    display.arrange(diary)
    display.focus("q")
    upright = display.arrange(diary).keyboard
    display.resize((2000, 1000), keyboard=500)

    assert (upright, display.arrange(diary).keyboard) == (800, 500)


def test_scrolling_says_whether_there_is_more_that_way() -> None:
    display = Display()
    display.arrange(Frame(SCREENS.diary()))

    assert display.scroll("list", 100)
    assert not display.scroll("list", -100)
    assert not display.scroll("list", 10**6)


def test_typed_text_stands_until_the_apps_next_frame() -> None:
    display, diary = Display(), Frame(SCREENS.diary())
    display.arrange(diary)
    display.type("q", "nordlys")

    assert box(display, diary, "q").view.text == "nordlys"
    assert box(display, Frame(SCREENS.diary("NORDLYS")), "q").view.text == "NORDLYS"


def test_the_picture_is_a_png_of_the_whole_screen() -> None:
    with Image.open(io.BytesIO(Display().picture(Frame(SCREENS.diary()), "12:34"))) as image:
        assert (image.format, image.size) == ("PNG", (1080, 1920))

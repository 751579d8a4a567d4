import pytest

from faults import ControlNotFound
from scenarios.browse import browse_everything, open_first_record, search_for
from scenarios.screens import Detail, Diary, Lists, Menu, Search
from tests.scenarios.paper_phone import PaperPhone, showing

MENU = (Menu.CONTACTS, Menu.PERSONS, Menu.SALES, Menu.DIARY)


def test_every_list_is_looked_at_and_a_record_of_each_is_opened() -> None:
    phone = showing(*MENU, Lists.ITEM, Detail.TITLE, Diary.TITLE)

    browse_everything(phone)

    lists = ("menu_contacts", "menu_persons", "menu_sales")
    visits = [step for menu in lists for step in (("tap", menu), ("tap", "item"), ("back",))]
    assert phone.done == [*visits, ("tap", "menu_diary")]


@pytest.mark.parametrize("missing", [Menu.SALES, Lists.ITEM, Detail.TITLE, Diary.TITLE])
def test_a_walk_that_cannot_be_finished_says_what_was_not_there(missing: object) -> None:
    phone = showing(*(one for one in (*MENU, Lists.ITEM, Detail.TITLE, Diary.TITLE) if one != missing))

    with pytest.raises(ControlNotFound, match=f"{missing}"):
        browse_everything(phone)


def test_the_title_of_the_first_record_is_read() -> None:
    assert open_first_record(showing(Lists.ITEM, Detail.TITLE, detail_title="Nordlys AS")) == "Nordlys AS"


def test_a_search_returns_its_rows() -> None:
    shown = {Menu.SEARCH: ("",), Search.FIELD: ("",), Search.GO: ("",), Lists.ITEM: ("Anna", "Arne")}
    phone = PaperPhone(shown)

    rows = search_for(phone, "a")

    assert rows == ("Anna", "Arne")
    assert phone.done == [("tap", "menu_search"), ("enter", "search_field", "a"), ("tap", "search_go")]

"""Screens of the Mobile CRM app and of the sign-in pages, by the controls a person uses."""

from drivers.controls import Control, Where, on_page


class Start:
    LOG_IN = Control("log_in")
    SCAN_QR = Control("scan_qr")


class SuperId:
    """The central sign-in pages (section 1.2 of the domain: e-mail, password, tenant picker)."""

    EMAIL = on_page("email")
    NEXT = on_page("next")
    PASSWORD = on_page("password")
    SIGN_IN = on_page("sign_in")
    HOST = Control("url_bar", Where.BROWSER)

    @staticmethod
    def tenant(customer: str) -> Control:
        return on_page(f"tenant_{customer}")


class Menu:
    DIARY = Control("menu_diary")
    CONTACTS = Control("menu_contacts")
    PERSONS = Control("menu_persons")
    SALES = Control("menu_sales")
    PROJECTS = Control("menu_projects")
    DOCUMENTS = Control("menu_documents")
    SEARCH = Control("menu_search")
    SETTINGS = Control("menu_settings")


class Diary:
    TITLE = Control("diary")


class Lists:
    ITEM = Control("item")


class Detail:
    TITLE = Control("detail_title")


class Documents:
    TITLE = Control("documents")


class Document:
    TEXT = Control("document_text")


class Search:
    FIELD = Control("search_field")
    GO = Control("search_go")


class Settings:
    LOG_OUT = Control("log_out")
    REFRESH_ALL = Control("refresh_all")
    RESET_LOGIN = Control("reset_login")


class Dialog:
    YES = Control("confirm_yes")


class Notice:
    TEXT = Control("notice")
    OK = Control("notice_ok")


class Offline:
    TEXT = Control("offline")

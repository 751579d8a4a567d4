"""A two-screen app for the phone's tests: a form, a long list; it says in its log what it was told."""

SOURCE = """
import threading

ROWS = 60


def main(phone):
    app = Toy(phone)
    for event in phone.events():
        app.take(event)


class Toy:
    def __init__(self, phone):
        self.phone = phone
        self.texts = {}
        self.note = ""
        self.on = True

    def take(self, event):
        link = event.intent.data if event.intent else None
        self.phone.log("I", "toy", f"{event.kind} {event.key} {event.text} {link or ''}".strip())
        if event.kind == "text":
            self.texts[event.key] = event.text
        if event.kind == "pause":
            self.phone.show("Away", column(label("away", "Toy")))
            return
        if event.kind == "click":
            self.click(event.key)
            return
        if link:
            self.note = link
        self.form()

    def click(self, key):
        if key == "list":
            self.rows()
        elif key == "form":
            self.form()
        elif key == "stay":
            self.on = not self.on
            self.form()
        elif key == "sign_in":
            self.phone.open_browser("http://login.test/authorize?redirect_uri=test.superoffice.pocket:/signed-in")
        elif key == "camera":
            threading.Thread(target=self.look, daemon=True).start()
        elif key == "face":
            threading.Thread(target=self.be_seen, daemon=True).start()
        elif key == "keep":
            threading.Thread(target=self.keep, daemon=True).start()
        elif key == "crash":
            raise RuntimeError("boom")
        elif key.startswith("row"):
            self.note = key
            self.form()

    def look(self):
        try:
            said = f"{len(self.phone.capture_picture()) > 100}"
        except OSError as error:
            said = str(error)
        self.phone.post(lambda: self.say(said))

    def be_seen(self):
        said = "known" if self.phone.authenticate("Open") else "unknown"
        self.phone.post(lambda: self.say(said))

    def keep(self):
        try:
            said = "kept " + self.phone.keychain.get("toy", "pin").decode()
        except OSError as error:
            self.phone.keychain.put("toy", "pin", b"1234")
            said = str(error)
        self.phone.post(lambda: self.say(said))

    def say(self, text):
        self.note = text
        self.form()

    def form(self):
        field = {"key": "email", "kind": "field", "id": "email", "text": self.texts.get("email", ""), "hint": "E-mail"}
        secret = "*" * len(self.texts.get("password", ""))
        password = {"key": "password", "kind": "field", "id": "password", "text": secret, "password": True}
        self.phone.show("Form", column(
            {"key": "title", "kind": "heading", "id": "title", "text": "Toy"},
            field,
            password,
            button("list", "Show the list"),
            button("sign_in", "Sign in"),
            button("camera", "Take a picture"),
            button("keep", "Keep a secret"),
            button("face", "Open with a face"),
            button("crash", "Crash"),
            {**button("off", "Not now"), "enabled": False},
            {"key": "stay", "kind": "switch", "id": "stay", "text": "Stay", "checked": self.on, "clickable": True},
            label("note", self.note),
            label("secret", self.texts.get("password", "")),
        ))

    def rows(self):
        rows = [{"key": f"row {n}", "kind": "item", "id": f"row {n}", "text": f"Row {n}", "clickable": True}
                for n in range(ROWS)]
        self.phone.show("List", column(button("form", "Form"), {"key": "rows", "kind": "list", "id": "rows",
                                                                "children": rows}))


def column(*children):
    return {"key": "root", "kind": "column", "id": "screen", "children": list(children)}


def label(key, text):
    return {"key": key, "kind": "label", "id": key, "text": text}


def button(key, text):
    return {"key": key, "kind": "button", "id": key, "text": text}
"""

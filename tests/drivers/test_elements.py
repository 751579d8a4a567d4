"""Page sources of both drivers, read as what a person sees."""

import pytest

from drivers.elements import elements_of

ANDROID = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<hierarchy index="0" class="hierarchy" rotation="0" width="1080" height="1920">
  <android.widget.FrameLayout class="android.widget.FrameLayout" text="" resource-id="android:id/content">
    <android.widget.TextView class="android.widget.TextView" text="Welcome" clickable="false"/>
    <android.widget.EditText class="android.widget.EditText" text="Email address" resource-id="email"
      hint="Email address" showing-hint="true"/>
    <android.widget.EditText class="android.widget.EditText" text="••••"
      password="true" hint="Password" content-desc=""/>
    <android.widget.LinearLayout class="android.widget.LinearLayout" text="" resource-id="a:id/item" clickable="true"/>
  </android.widget.FrameLayout>
</hierarchy>"""
IOS = """<?xml version="1.0" encoding="UTF-8"?>
<AppiumAUT><XCUIElementTypeApplication type="XCUIElementTypeApplication" name="CRM" label="CRM">
  <XCUIElementTypeOther type="XCUIElementTypeOther" name="screen"/>
  <XCUIElementTypeStaticText type="XCUIElementTypeStaticText" name="start" label="Welcome" value="Welcome"/>
  <XCUIElementTypeTextField type="XCUIElementTypeTextField" name="email" label=""
    value="ada@nordlys.test" placeholderValue="Email"/>
  <XCUIElementTypeSecureTextField type="XCUIElementTypeSecureTextField" name="" label=""
    value="•••" placeholderValue="Password"/>
  <XCUIElementTypeButton type="XCUIElementTypeButton" name="next" label="Next"/>
</XCUIElementTypeApplication></AppiumAUT>"""


def test_android_tells_texts_fields_with_their_hints_and_what_can_be_touched() -> None:
    text, email, password, item = elements_of(ANDROID, "android")

    assert (text.kind, text.text, text.is_button, text.place) == ("TextView", "Welcome", False, 1)
    assert (email.id, email.text, email.typed, email.is_field) == ("email", "Email address", "", True)
    assert (password.text, password.typed, password.is_secret, password.place) == ("Password", "••••", True, 2)
    assert (item.id, item.is_button) == ("a:id/item", True)
    assert item.path == "/hierarchy/android.widget.FrameLayout/android.widget.LinearLayout"


def test_an_iphone_tells_the_same_without_what_only_holds_others() -> None:
    text, email, password, button = elements_of(IOS, "ios")

    assert (text.name, text.text) == ("start", "Welcome")
    assert (email.name, email.text, email.typed) == ("email", "Email", "ada@nordlys.test")
    assert (password.text, password.typed, password.is_secret) == ("Password", "•••", True)
    assert (button.is_button, button.kind, button.place) == (True, "Button", 1)


def test_a_source_that_is_no_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="the driver's page source is no XML"):
        elements_of("<a", "android")

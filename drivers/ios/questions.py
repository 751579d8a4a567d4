"""What iOS itself asks a person, and what a person who wants to go on answers."""

import re
from dataclasses import dataclass
from enum import Enum


class About(Enum):
    SIGN_IN = "sign in"
    CAMERA = "camera"
    NOTIFICATIONS = "notifications"
    OPEN_APP = "open app"


@dataclass(frozen=True, slots=True)
class Question:
    """`answers` are the labels of the button to press; which one a release of iOS has differs."""

    about: About
    title: re.Pattern[str]
    answers: tuple[str, ...]


QUESTIONS = (
    Question(About.SIGN_IN, re.compile(r"^“.+” Wants to Use “(?P<site>.+)” to Sign In"), ("Continue",)),
    Question(About.CAMERA, re.compile(r"^“.+” Would Like to Access the Camera"), ("Allow", "OK")),
    Question(About.NOTIFICATIONS, re.compile(r"^“.+” Would Like to Send You Notifications"), ("Allow",)),
    Question(About.OPEN_APP, re.compile(r"^Open in “.+”\?"), ("Open",)),
)
"""English words; a phone must be set to English (docs/real-phones.md)."""


def question_of(words: str) -> Question | None:
    return next((one for one in QUESTIONS if one.title.search(words)), None)

"""Text of a screen as it may be shown: without the tenant's secrets, and without what looks personal."""

import re
from dataclasses import dataclass

from gate.redaction import Redactor

PERSONAL = (
    ("e-mail address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("token", re.compile(r"\b[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9_-]{32,}\b")),
    ("phone number", re.compile(r"\+\d[\d ()-]{6,}\d")),
)
"""Names of people look like any other word: they stay, and pictures show everything."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """`redactor` knows what the tenant has named so far."""

    redactor: Redactor

    def shown(self, text: str) -> str:
        clean = self.redactor.redacted(text)
        for what, pattern in PERSONAL:
            clean = pattern.sub(f"\u2039{what}\u203a", clean)
        return clean

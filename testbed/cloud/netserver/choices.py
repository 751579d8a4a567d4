"""The lists that records choose from, by the names the vendor gives them (List and MDOList of the REST API)."""

from collections.abc import Mapping

CHOICES: Mapping[str, Mapping[int, str]] = {
    "category": {1: "Customer", 2: "Vendor", 3: "Partner", 4: "Lead"},
    "business": {1: "Building", 2: "IT", 3: "Energy", 4: "Food", 5: "Transport"},
    "country": {1: "Norway", 2: "Denmark", 3: "Sweden"},
    "currency": {1: "NOK", 2: "EUR"},
    "task": {1: "Meeting", 2: "Phone call", 3: "To-do", 4: "Follow-up"},
    "stage": {1: "Lead", 2: "Offer", 3: "Negotiation", 4: "Sold"},
    "projecttype": {1: "Customer project", 2: "Internal", 3: "Event"},
    "projectstatus": {1: "Planned", 2: "Running", 3: "On hold", 4: "Closed"},
    "documenttemplate": {1: "Offer", 2: "Contract", 3: "Minutes", 4: "Report"},
    "selectioncategory": {1: "Marketing", 2: "Sales"},
}


def named(name: str) -> Mapping[int, str] | None:
    """A list by its name, in upper or lower case (`category`, `Category`)."""
    return CHOICES.get(name.lower())


def display(choices: str, chosen: int) -> str:
    """What a list column shows; nothing where nothing is chosen."""
    return CHOICES[choices].get(chosen, "")

"""The two reviews that every post needs, in either order."""

from enum import StrEnum


class Review(StrEnum):
    """Who looks at what is meant for a client: its owner whether it is right, privacy whether it may be seen."""

    OWNER = "owner"
    PRIVACY = "privacy"


class RiskClass(StrEnum):
    """How many people a review takes."""

    ROUTINE = "routine"
    TWO_PEOPLE = "two_people"

"""The US state of a postal code, from the list of the `zipcodes` package."""

from functools import lru_cache

import zipcodes


@lru_cache(maxsize=4096)
def region_of(postal_code: str) -> str | None:
    """Return the two-letter state of a US postal code; None for any other, which only makes the allowed hours fewer."""
    try:
        found = zipcodes.matching(postal_code.strip())  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):
        return None
    return str(found[0]["state"]) if found else None

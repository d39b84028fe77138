"""Figures of the measures as people read them."""

from models.outcomes import money

SHARE, SECONDS = "share of 1", "seconds"
TOO_FEW = "too few to tell"
_PARTS = {"p50": "half of them within", "p90": "nine of ten within", "within_goal": "within the goal"}
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def figure_in_words(value: float | None, unit: str, part: str = "") -> str:
    """Return a figure with its unit, such as `83 %`, `4 min 10 s` or `480.00 USD`.

    Args:
        value: None where there are too few things to tell.
        unit: as the measure's definition names it.
        part: of a sum of money, `basis/currency`.
    """
    if value is None:
        return TOO_FEW
    if unit == SHARE:
        return f"{100 * value:.0f} %"
    if unit == SECONDS:
        return span_in_words(value)
    return money.in_words(value, part.rpartition("/")[2])


def span_in_words(seconds: float) -> str:
    """Return a span in its two largest units; a short one to the tenth of a second."""
    if 0 < seconds < 10:
        return f"{round(seconds, 1):g} s"
    left = round(seconds)
    told: list[str] = []
    for size, name in _STEPS:
        if left >= size or (name == "s" and not told):
            told.append(f"{left // size} {name}")
            left %= size
    return " ".join(told[:2])


def part_in_words(part: str) -> str:
    """Return the name of a part; empty if a measure is not divided."""
    return _PARTS.get(part) or part.replace("_", " ").replace("/", " · ")

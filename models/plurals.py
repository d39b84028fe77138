"""Numbers with their nouns, for every sentence that counts something."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun, such as `1 run`, `14 runs` and `1,200 messages`.

    Args:
        count: how many.
        one: the words for one thing.
        many: the words for any other number; `one` with an s, if left out.
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"

"""One sentence for the next page: what was just done. It travels in a sealed cookie, and is shown once."""

from fastapi.responses import RedirectResponse

from starter.console.sealed_cookies import SealedCookie

MOST_CHARACTERS = 600
SAID = SealedCookie("said", 60)


class Back(RedirectResponse):
    """Leads on after something was done; `said` is shown there."""

    def __init__(self, to: str, said: str) -> None:
        super().__init__(to, 303)
        self.said = said[:MOST_CHARACTERS]

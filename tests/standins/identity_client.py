"""What the tests know of the identity provider: their registration there, and a browser that presses a name."""

import httpx
from pydantic import SecretStr

from models.sign_in_settings import SignInSettings
from tests.standins.program import Program

CLIENT, SECRET = "comms-console", "only-for-tests"
OPTIONS = (
    "--client-id", CLIENT,
    "--client-secret", SECRET,
    "--person", "ann-1:approver@agency.example:Ann Archer",
    "--person", "nia|2:new.hire@agency.example:Nia Newcomb",
)  # fmt: skip


def registered_at(issuer: str) -> SignInSettings:
    return SignInSettings(issuer=issuer, client_id=CLIENT, client_secret=SecretStr(SECRET))


async def pressed(address: str, subject: str = "ann-1") -> dict[str, str]:
    """Press a name on the page of an address, nobody's if empty; return the parameters of the way back."""
    async with httpx.AsyncClient() as http:
        assert (await http.get(address)).status_code == 200
        answer = await http.post(address, data={"person": subject})
    assert answer.status_code == 303, answer.text
    return dict(httpx.URL(answer.headers["location"]).params)


async def says(program: Program, forged: bool = False, **claims: object) -> None:
    """Have the next tokens say something else; without anything, the truth."""
    (await program.control.put("/tokens", json={"claims": claims, "forged": forged})).raise_for_status()

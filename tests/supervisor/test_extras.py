"""Parts on demand: each starts, and the service is pointed at it."""

from pathlib import Path

import httpx
import pytest

from deploy.local.extras import EXTRAS, NotTogether
from deploy.local.stack import LocalStack, StackOptions
from models.crm_settings import CrmProvider
from models.settings import Settings


def _with(*names: str) -> StackOptions:
    return StackOptions(parts=names, extras=[EXTRAS[name] for name in names])


@pytest.mark.parametrize(
    ("names", "crm"),
    [(("salesforce", "openai", "identity"), CrmProvider.SALESFORCE), (("web_hook",), CrmProvider.WEB_HOOK)],
)
async def test_a_part_on_demand_runs_and_its_settings_choose_it(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], crm: CrmProvider
) -> None:
    async with LocalStack(state_dir, _with(*names)) as stack, httpx.AsyncClient() as http:
        for name, value in stack.environment.items():
            monkeypatch.setenv(name, value)
        settings = Settings(_env_file=None)
        for name in names:
            answer = await http.get(f"{stack.urls[name]}/_standin/log")
            assert answer.status_code == 200, name

    assert settings.crm.provider is crm
    assert settings.crm.base_url.startswith(stack.urls[names[0]])
    assert bool(settings.drafter.model) is ("openai" in names)
    assert bool(settings.sign_in.issuer) is ("identity" in names)


async def test_two_crms_are_not_started_together(state_dir: Path) -> None:
    with pytest.raises(NotTogether, match="either salesforce or web_hook"):
        await LocalStack(state_dir, _with("salesforce", "web_hook")).start_all()

import os
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from deploy.container import new_environment
from models.settings import Settings
from tests.deploy.setting_names import PREFIX, setting_names

EXAMPLE = new_environment.EXAMPLE
NEW_FILE = ".env"


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def loaded(path: Path) -> Settings:
    return Settings(_env_file=path)


@pytest.mark.usefixtures("bare_environment")
def test_the_example_is_a_whole_configuration() -> None:
    settings = loaded(EXAMPLE)
    assert settings.keys.sealing_keys().keys() == {"k1"}
    assert settings.crm.token.get_secret_value()


def test_the_example_names_every_setting_and_no_other() -> None:
    named = {name for name in dotenv_values(EXAMPLE, interpolate=False) if name.startswith(PREFIX)}
    assert named == setting_names()


@pytest.mark.usefixtures("bare_environment")
def test_a_new_environment_has_its_own_secrets_everywhere(tmp_path: Path) -> None:
    new_environment.write(tmp_path / NEW_FILE)
    new_environment.write(tmp_path / "second")
    text = (tmp_path / NEW_FILE).read_text()
    settings, example = loaded(tmp_path / NEW_FILE), loaded(EXAMPLE)
    assert settings.keys.sealing_keys() != example.keys.sealing_keys()
    assert settings.keys.callback != loaded(tmp_path / "second").keys.callback
    assert not new_environment.PLACEHOLDER.search(text)


def test_what_must_agree_in_a_new_environment_agrees(tmp_path: Path) -> None:
    new_environment.write(tmp_path / NEW_FILE)
    values = {name: value or "" for name, value in dotenv_values(tmp_path / NEW_FILE).items()}
    assert f":{values['SERVICE_DATABASE_PASSWORD']}@" in values["COMMS_DATABASE__URL"]
    assert f'["{values["TWILIO_AUTH_TOKEN"]}"]' == values["COMMS_TWILIO__AUTH_TOKENS"]


def test_a_new_environment_is_private_and_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / NEW_FILE
    new_environment.write(path)
    before = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == new_environment.OWNER_ONLY
    with pytest.raises(FileExistsError):
        new_environment.write(path)
    assert path.read_text() == before

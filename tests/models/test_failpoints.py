import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.container.new_environment import EXAMPLE
from models.failpoints import FAILPOINTS
from models.settings import Settings

DIES_AT_THE_SECOND = """
from models.failpoints import arm, failpoint
arm({"C5": 2})
failpoint("C4")
failpoint("C5")
print("still here", flush=True)
failpoint("C5")
print("never", flush=True)
"""
ROOT = Path(__file__).parents[2]


def test_a_process_dies_at_the_visit_it_was_armed_for_and_at_no_other() -> None:
    ended = subprocess.run([sys.executable, "-c", DIES_AT_THE_SECOND], cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "still here\n")


def test_production_refuses_failpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_FAILPOINTS", '{"C5": 1}')
    assert Settings(_env_file=EXAMPLE).failpoints == {"C5": 1}
    monkeypatch.setenv("COMMS_ENVIRONMENT", "production")
    with pytest.raises(ValidationError, match="production refuses"):
        Settings(_env_file=EXAMPLE)


def test_production_refuses_a_portal_without_a_login_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_ENVIRONMENT", "production")
    assert Settings(_env_file=EXAMPLE).portal.database_url.get_secret_value()
    monkeypatch.setenv("COMMS_PORTAL__DATABASE_URL", "")
    with pytest.raises(ValidationError, match="comms_portal"):
        Settings(_env_file=EXAMPLE)


def test_an_unknown_failpoint_is_refused_with_the_names_of_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_FAILPOINTS", '{"C9": 1}')
    with pytest.raises(ValidationError, match="no failpoint C9; there are C1, C2"):
        Settings(_env_file=EXAMPLE)


def test_every_failpoint_is_called_at_one_place_of_the_service() -> None:
    sources = [file for top in ("activities", "models", "starter") for file in (ROOT / top).rglob("*.py")]
    text = "".join(file.read_text() for file in sources)
    assert {name: text.count(f'failpoint("{name}")') for name in FAILPOINTS} == dict.fromkeys(FAILPOINTS, 1)

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.simulating.order import Occurrence
from models.simulating.timetable import Timetable
from starter.comms.__main__ import app
from starter.simulating import given, lines
from starter.simulating.picture import Picture
from starter.simulating.process import CannotSimulate

pytestmark = pytest.mark.timeout(300)
comms = CliRunner()
SHIPPED = ("simulate", "--library", "shipped", "--client-zone", "America/Denver", "--from", "2027-03-12T16:40")


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no settings lie here


def test_a_sequence_is_shown_as_table_picture_and_json(tmp_path: Path) -> None:
    events = tmp_path / "events.yaml"
    events.write_text("- {after: 2d 3h, reply: 'Yes: please call'}\n- {after: 1h, decision: approve}\n")

    said = comms.invoke(
        app, [*SHIPPED, "--sequence", "web_lead", "--postal-code", "10001", "--events", str(events), "--picture", "all.html",
              "--json"]
    )  # fmt: skip

    assert said.exit_code == 0, said.stderr
    found = Timetable.model_validate(json.loads(said.stdout))
    assert (found.outcome, found.zones) == ("replied", ("America/New_York", "America/Denver"))
    page = (tmp_path / "all.html").read_text()
    assert "Outcome replied after 2 d 3 h" in page
    assert Picture(found).svg() in page
    assert "clocks +1 h" in page
    height, keys = re.search(r'height="(\d+)"', page), re.findall(r'y="([\d.]+)" text-anchor="start"', page)
    assert height is not None
    assert max(map(float, keys)) < int(height[1]), "the whole legend is in the picture"
    days = [line.day for line in lines.lines(found) if line.day]
    assert days == ["Fri 12 Mar 2027", "Sat 13 Mar 2027", "Sun 14 Mar 2027"]


def test_a_picture_needs_a_name_that_says_what_it_is() -> None:
    said = comms.invoke(app, [*SHIPPED, "--sequence", "web_lead", "--picture", "picture.png"])

    assert said.exit_code == 2
    assert "FILE.svg or FILE.html" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--reply", "soon: yes"), "'soon: yes': say when, like '+2d 3h: …'"),
        (("--decision", "+3h: perhaps"), "written like '+3h: approve'"),
        (("--delivery-failure", "+1d: bad luck"), "say why, one of"),
        (("--for", "a month"), "write it like 2d 3h"),
        (("--lead", "nobody"), "neither a file nor the id of a lead"),
        (("--events", "nowhere.yaml"), "nowhere.yaml cannot be read"),
    ],
)
def test_what_is_not_understood_is_one_sentence_that_says_how_it_is_written(
    arguments: tuple[str, str], problem: str
) -> None:
    said = comms.invoke(app, [*SHIPPED, "--sequence", "web_lead", *arguments])

    assert said.exit_code == 1
    assert problem in said.stderr.replace("\n", " ")


def test_a_moment_with_colons_and_a_reply_with_colons_are_told_apart() -> None:
    event = given.event(Occurrence.REPLY, "2027-03-14T10:00-06:00: Tomorrow: 8:00, please")

    assert (event.at and event.at.isoformat(), event.says) == ("2027-03-14T10:00:00-06:00", "Tomorrow: 8:00, please")


def test_an_event_says_one_thing(tmp_path: Path) -> None:
    file = tmp_path / "events.yaml"
    file.write_text("- {after: 1d, reply: yes, stop: true}\n")

    with pytest.raises(CannotSimulate, match="event 1: say one thing that happens"):
        given.events_in(file)


def test_a_lead_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "lead.yaml"
    file.write_text("{client: acme, postal_code: '10001', source: missed_call}\n")

    assert given.lead_in(file) == {"client": "acme", "lead": {"postal_code": "10001", "source": "missed_call"}}

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activities.library import SHIPPED, read_library, split_subject
from activities.rendering import MAX_SEGMENTS, render
from models.errors import UnusableTemplate
from models.incidents.slots import FIELDS as FIELDS_OF_INCIDENT
from models.segments import count
from models.terms import Channel

TEMPLATE = "{key: a, version: 1, channel: sms, consent: conversational}"
STEP = "{key: s, channel: sms, template: a, version: 1}"
FIELDS = {
    "first_name": "Bartholomew",
    "service_type": "water heater replacement",
    "client_name": "Rocky Mountain Plumbing and Heating",
    "client_phone": "+13035550100",
    "client_postal_address": "1200 Long Avenue, Suite 400, Denver, CO 80202",
    "review_link": "https://messages.agency.example.com/r/" + "A" * 16,
    "report_period": "October 2026",
    "portal_link": "https://portal.agency.example.com/p/" + "A" * 43,
    **dict.fromkeys(FIELDS_OF_INCIDENT, "as it is said"),
}
SHIPPED_MESSAGES = [template for template in read_library(SHIPPED).templates if template.channel is Channel.SMS]


def _library(
    folder: Path, template: str = TEMPLATE, step: str = STEP, text: str = "Hi. Reply STOP to opt out."
) -> Path:
    file = folder / "library.yaml"
    (folder / "a.v1.sms.txt").write_text(text)
    people = "owner: o, escalation_owner: e, approver: a"
    sequence = f"{{key: q, version: 1, title: T, approval: run, {people}, steps: [{step}]}}"
    file.write_text(f"templates: [{template}]\nsequences: [{sequence}]\n")
    return file


def test_a_library_is_read_with_its_texts(tmp_path: Path) -> None:
    library = read_library(_library(tmp_path))

    assert library.templates[0].body == "Hi. Reply STOP to opt out."
    assert library.sequences[0].steps[0].template == "a"


def test_every_shipped_text_can_be_rendered_for_a_long_name_and_for_none() -> None:
    library = read_library(SHIPPED)

    assert {sequence.key for sequence in library.sequences} >= {"missed_call", "quote_request", "web_lead"}
    for template in library.templates:
        render(template, FIELDS)
        render(template, FIELDS | {"first_name": "", "service_type": ""})


@given(st.text(st.characters(exclude_categories=["C"]), max_size=80))
@example("Ramón")
@example("D’Angelo")
@example("None")
@example("{{ first_name }}")
@example("｛｛" * 40)
@example("€" * 80)
@example("…" * 80)
@example("Владимир")
def test_every_shipped_text_message_can_be_written_to_anybody(name: str) -> None:
    for template in SHIPPED_MESSAGES:
        wording = render(template, FIELDS | {"first_name": name})

        assert count(wording.body).segments <= MAX_SEGMENTS


@pytest.mark.parametrize(
    ("template", "step"),
    [
        (TEMPLATE.replace("sms", "fax"), STEP),
        (TEMPLATE.replace("conversational", "total"), STEP),
        (TEMPLATE.replace("version: 1, ", ""), STEP),
        (TEMPLATE.replace("key: a", "key: missing_file"), STEP),
        ("just words", STEP),
        (TEMPLATE, STEP.replace("version: 1", "version: 2")),
        (TEMPLATE, STEP.replace("channel: sms", "channel: email")),
        (TEMPLATE, STEP.replace("}", ", response_window: PT0S}")),
        (TEMPLATE, STEP.replace("}", ", delay: soon}")),
        (TEMPLATE, "{}"),
    ],
)
def test_a_library_that_does_not_fit_together_is_refused(tmp_path: Path, template: str, step: str) -> None:
    with pytest.raises(UnusableTemplate):
        read_library(_library(tmp_path, template, step))


def test_a_file_that_is_no_library_is_refused(tmp_path: Path) -> None:
    for written in ("", "[", "templates: {}", "- a"):
        file = tmp_path / "library.yaml"
        file.write_text(written)
        with pytest.raises(UnusableTemplate):
            read_library(file)
    with pytest.raises(UnusableTemplate):
        read_library(tmp_path / "none.yaml")


def test_a_text_that_is_not_allowed_is_refused_with_its_library(tmp_path: Path) -> None:
    with pytest.raises(UnusableTemplate, match="opt out"):
        read_library(_library(tmp_path, text="Hello"))


def test_a_subject_is_the_first_line_if_it_says_so() -> None:
    assert split_subject("Subject: Hello\n\nWorld\n") == ("Hello", "World")
    assert split_subject("Hello\nWorld") == ("", "Hello\nWorld")

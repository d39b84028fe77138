import pytest

from activities.rendering import Wording, check_template, render
from models.copywriting import TemplateVersion
from models.errors import UnusableTemplate
from models.terms import Channel, ConsentKind

FIELDS = {
    "first_name": "Lea",
    "client_name": "Acme Plumbing",
    "service_type": "",
    "client_phone": "+13035550100",
    "client_postal_address": "1 Main St",
}
STOP = " Reply STOP to opt out."


def _sms(body: str) -> TemplateVersion:
    return TemplateVersion(
        key="t", version=1, channel=Channel.SMS, consent_needed=ConsentKind.CONVERSATIONAL, body=body + STOP
    )


def _email(subject: str, body: str) -> TemplateVersion:
    return _sms("").model_copy(update={"channel": Channel.EMAIL, "subject": subject, "body": body + " unsubscribe"})


def _rendered(body: str, **fields: str) -> str:
    return render(_sms(body), FIELDS | fields).body


def test_a_template_shows_fields_and_chooses() -> None:
    template = _sms("Hi{% if first_name %} {{ first_name | title }}{% else %} there{% endif %}!")
    check_template(template)

    assert render(template, FIELDS | {"first_name": "lea"}) == Wording(
        subject="", body="Hi Lea! Reply STOP to opt out."
    )
    assert render(template, FIELDS | {"first_name": ""}).body.startswith("Hi there!")


@pytest.mark.parametrize(
    "body",
    [
        "{{ first_name.__class__ }}",
        "{{ first_name[0] }}",
        "{{ first_name.upper() }}",
        "{{ range(9) }}",
        "{% for x in first_name %}a{% endfor %}",
        "{{ 9 * 9 }}",
        "{{ 'a' ~ 'b' }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ first_name | attr('x') }}",
        "{{ first_name | safe }}",
        "{{ last_name }}",
        "{{ self }}",
        "{{ first_name",
        "{% if first_name is defined %}{% endif %}",
    ],
)
def test_a_template_that_could_do_more_than_show_fields_is_refused(body: str) -> None:
    with pytest.raises(UnusableTemplate):
        check_template(_sms(body))


def test_a_template_that_does_not_say_how_to_opt_out_is_refused() -> None:
    for template in (_sms(""), _email("S", "B")):
        check_template(template)
        with pytest.raises(UnusableTemplate, match="opt out"):
            check_template(template.model_copy(update={"body": "Hello"}))


def test_words_that_do_not_say_how_to_opt_out_never_leave() -> None:
    hidden = _sms("").model_copy(update={"body": "Hi.{% if service_type %} Reply STOP to opt out.{% endif %}"})
    check_template(hidden)

    with pytest.raises(UnusableTemplate, match="opt out"):
        render(hidden, FIELDS)


def test_a_field_is_never_read_as_a_template() -> None:
    with pytest.raises(UnusableTemplate, match="left-over"):
        _rendered("Hi {{ first_name }}.", first_name="{{ client_phone }}")


def test_a_field_is_cleaned_and_cut() -> None:
    assert _rendered("{{ first_name }}.", first_name="Le\x00a\t") == "Le a." + STOP
    assert _rendered("{{ first_name }}", first_name="x" * 200) == "x" * 80 + STOP


def test_a_subject_is_one_line() -> None:
    wording = render(_email("From {{ first_name }}", "B"), FIELDS | {"first_name": "Lea\nBcc: all@example.com"})

    assert wording.subject == "From Lea Bcc: all@example.com"


@pytest.mark.parametrize("leftover", ["None", "undefined", "{{", "%}", "[object Object]"])
def test_what_looks_like_a_left_over_never_leaves(leftover: str) -> None:
    with pytest.raises(UnusableTemplate, match="left-over"):
        _rendered("Hi {{ first_name }}.", first_name=leftover)


def test_a_missing_field_is_refused_and_the_error_shows_no_wording() -> None:
    with pytest.raises(UnusableTemplate, match=r"^template t v1: UndefinedError$"):
        render(_sms("Secret {{ first_name }}"), {"client_name": "Acme"})


def test_a_text_of_more_than_two_segments_is_refused() -> None:
    _rendered("x" * 270)
    with pytest.raises(UnusableTemplate, match="segments"):
        _rendered("x" * 290)
    with pytest.raises(UnusableTemplate, match="segments"):
        _rendered("x" * 200 + "é—")  # one letter outside the small alphabet halves the room


def test_an_email_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnusableTemplate, match="longer than"):
        render(_email("S", "x" * 20_001), FIELDS)

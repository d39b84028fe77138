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
    assert _rendered("Hi {{ first_name }}.", first_name="{{ client_phone }}") == "Hi client_phone." + STOP


def test_a_field_is_cleaned_and_cut() -> None:
    assert _rendered("{{ first_name }}.", first_name="Le\x00a\t") == "Le a." + STOP
    assert _rendered("{{ first_name }}", first_name="x" * 200) == "x" * 80 + STOP


def test_a_subject_is_one_line() -> None:
    wording = render(_email("From {{ first_name }}", "B"), FIELDS | {"first_name": "Lea\nBcc: all@example.com"})

    assert wording.subject == "From Lea Bcc: all@example.com"


@pytest.mark.parametrize("nothing", ["None", "undefined", "null", "[object Object]", ""])
def test_what_a_form_writes_where_it_has_nothing_is_not_shown(nothing: str) -> None:
    body = "Hi{% if first_name %} {{ first_name }}{% endif %}."

    assert _rendered(body, first_name=nothing) == "Hi." + STOP


def test_such_a_word_within_a_field_is_just_a_word() -> None:
    assert _rendered("For {{ service_type }}.", service_type="None of these") == "For None of these." + STOP


@pytest.mark.parametrize("leftover", ["}}", "%}"])
def test_what_looks_like_a_left_over_of_the_template_never_leaves(leftover: str) -> None:
    with pytest.raises(UnusableTemplate, match="left-over"):
        _rendered(f"Hi {leftover} {{{{ first_name }}}}.")


@pytest.mark.parametrize("body", ["{{ None }}", "{{ first_name | default(none) }}"])
def test_a_template_that_could_show_none_is_refused(body: str) -> None:
    with pytest.raises(UnusableTemplate, match="None is not allowed"):
        check_template(_sms(body))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ramón", "Ramon"),
        ("D’Angelo", "D'Angelo"),
        ("Zoë", "Zoe"),
        ("Łukasz", "Lukasz"),
        ("Françoise", "Francoise"),
        ("Nguyễn", "Nguyen"),
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("Núñez", "Nuñez"),
        ("Jürgen", "Jürgen"),
        ("Anne\u2011Marie", "Anne-Marie"),
    ],
)
def test_a_name_is_shown_in_letters_that_do_not_halve_the_room(name: str, shown: str) -> None:
    assert _rendered("x" * 200 + " {{ first_name }}.", first_name=name) == "x" * 200 + f" {shown}." + STOP


def test_a_filter_may_not_halve_the_room_either() -> None:
    assert _rendered("x" * 200 + "{{ first_name | upper }}.", first_name="Tùng").endswith("xTUNG." + STOP)


def test_an_email_shows_a_name_as_it_is_written() -> None:
    assert render(_email("S", "Hi {{ first_name }}"), FIELDS | {"first_name": "D’Ángelo"}).body.startswith(
        "Hi D’Ángelo"
    )


def test_a_text_whose_author_chose_another_alphabet_keeps_it() -> None:
    assert _rendered("Olá {{ first_name }}.", first_name="João") == "Olá João." + STOP


def test_a_name_that_makes_a_text_too_long_is_cut_and_the_rest_stays() -> None:
    body = "x" * 200 + "{% if first_name %} {{ first_name }}{% endif %}, {{ service_type }}."

    assert f" {'a' * 62}," in _rendered(body, first_name="a" * 80, service_type="b" * 17)
    assert _rendered(body, first_name="Ana 😀", service_type="tiles") == "x" * 200 + " Ana, tiles." + STOP
    assert _rendered(body, first_name="Ana", service_type="水道") == "x" * 200 + " Ana, ." + STOP


@pytest.mark.parametrize(
    ("field", "words"),
    [("client_name", "name"), ("client_phone", "phone number"), ("client_postal_address", "postal address")],
)
def test_an_empty_field_of_the_client_is_never_shown(field: str, words: str) -> None:
    with pytest.raises(UnusableTemplate, match=f"^template t v1: the client has no {words}$"):
        _rendered(f"Call {{{{ {field} | trim }}}}.", **{field: " "})


def test_a_template_may_ask_whether_the_client_has_it() -> None:
    assert _rendered("Hi.{% if client_phone %} {{ client_phone }}{% endif %}", client_phone="") == "Hi." + STOP
    assert _rendered("Ask {{ client_phone | default('us') }}.", client_phone="") == "Ask us." + STOP


def test_a_missing_field_is_refused_and_the_error_shows_no_wording() -> None:
    with pytest.raises(UnusableTemplate, match=r"^template t v1: UndefinedError$"):
        render(_sms("Secret {{ first_name }}"), {"client_name": "Acme"})


def test_a_text_of_more_than_two_segments_is_refused() -> None:
    _rendered("x" * 270)
    with pytest.raises(UnusableTemplate, match="segments"):
        _rendered("x" * 290)
    with pytest.raises(UnusableTemplate, match="segments"):
        _rendered("x" * 200 + "á")  # one letter outside the small alphabet halves the room


def test_an_email_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnusableTemplate, match="longer than"):
        render(_email("S", "x" * 20_001), FIELDS)

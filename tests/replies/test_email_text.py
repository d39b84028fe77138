import pytest

from models.replies import ReplyLabel, classify
from models.reply_rules.email_text import new_text, text_of_html

FOOTER = "To unsubscribe from these emails, click here. Reply STOP to opt out."


@pytest.mark.parametrize(
    "quoted",
    [
        f"On Mon, Nov 16, 2026 at 9:00 AM Acme <acme@example.com> wrote:\n> {FOOTER}",
        f"On Mon, Nov 16, 2026 at 9:00 AM Acme Plumbing and Heating of Denver\n<acme@example.com> wrote:\n\n{FOOTER}",
        f"El lun, 16 nov 2026 a las 9:00, Acme (<acme@example.com>) escribió:\n> {FOOTER}",
        f"-----Original Message-----\nFrom: Acme\n{FOOTER}",
        f"----- Mensaje original -----\nDe: Acme\n{FOOTER}",
        f"From: Acme <acme@example.com>\nSent: Monday, November 16, 2026\nTo: Ana\nSubject: Your quote\n\n{FOOTER}",
        f"De: Acme <acme@example.com>\nEnviado: lunes\nPara: Ana\nAsunto: Su presupuesto\n\n{FOOTER}",
        f"________________________________\n{FOOTER}",
        f"> {FOOTER}",
        f"Sent from my iPhone\n\n{FOOTER}",
        f"Enviado desde mi iPhone\n\n> {FOOTER}",
        f"-- \nAna Example\n{FOOTER}",
    ],
)
def test_what_is_quoted_or_signed_is_not_what_was_said(quoted: str) -> None:
    body = f"Sounds great, can you come on Tuesday?\r\n\r\n{quoted}"
    assert new_text(body) == "Sounds great, can you come on Tuesday?"
    assert classify(new_text(body)) is ReplyLabel.BOOKING


def test_an_opt_out_above_or_between_quotes_is_read() -> None:
    assert (
        classify(new_text(f"Please take me off your list.\n\nOn Monday Acme wrote:\n> {FOOTER}")) is ReplyLabel.OPT_OUT
    )
    assert classify(new_text(f"> {FOOTER}\n\nplease unsubscribe me")) is ReplyLabel.OPT_OUT


def test_a_sentence_that_begins_like_a_quotation_is_kept() -> None:
    assert (
        new_text("On Tuesday I can be home.\nFrom: 9 to 5 works.") == "On Tuesday I can be home.\nFrom: 9 to 5 works."
    )


def test_html_is_read_as_its_words_without_the_quotation() -> None:
    page = (
        "<html><head><style>p{}</style></head><body><p>No thanks,<br>we&nbsp;hired someone</p>"
        f'<div class="gmail_quote">On Monday Acme wrote:<blockquote>{FOOTER}</blockquote></div></body></html>'
    )
    assert new_text(text_of_html(page)) == "No thanks,\nwe hired someone"


def test_a_huge_mail_is_read_in_a_moment() -> None:
    assert new_text("On " * 100_000).startswith("On")
    assert text_of_html("<p" * 100_000 + "x>").startswith("<p")

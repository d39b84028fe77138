"""The page on which somebody says who they are."""

from collections.abc import Iterable
from html import escape

from deploy.local.standins.identity.store import Person

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – identity stand-in</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#eef0f6, #14161d);
  color: light-dark(#1d2130, #e8eaf2); }}
main {{ width: min(100% - 2rem, 24rem); box-sizing: border-box; margin: 1rem 0; padding: 1.5rem; border-radius: 1rem;
  background: light-dark(#fff, #1e212b); border: 1px solid light-dark(#d5d9e6, #363b4a); overflow-wrap: anywhere; }}
h1 {{ margin: 0 0 .25rem; font-size: 1.375rem; }}
p {{ margin: 0 0 1.25rem; color: light-dark(#535a70, #a9b0c4); }}
button {{ display: block; width: 100%; margin: .6rem 0 0; padding: .7rem 1rem; min-height: 2.75rem; font: inherit; text-align: left;
  color: inherit; background: none; border: 1px solid light-dark(#858ca3, #727a92); border-radius: .6rem; cursor: pointer; }}
button:hover {{ background: light-dark(#eceffb, #2a2e3c); }}
button small {{ display: block; color: light-dark(#535a70, #a9b0c4); }}
button.no {{ margin-top: 1.5rem; text-align: center; border-color: transparent; text-decoration: underline; }}
</style>
</head>
<body><main>
<h1>{title}</h1>
{content}
</main></body>
</html>
"""
_PERSON = '<button name="person" value="{subject}">{name} <small>{email}</small></button>'
_FORM = """<p>to go on to <strong>{client}</strong>. This identity provider is a stand-in: nobody has to prove anything.</p>
<form method="post">
{people}
<button name="person" value="" class="no">Do not sign in</button>
</form>"""


def asking(client: str, people: Iterable[Person]) -> str:
    """Return the page that asks who somebody is. It posts `person`, a subject or empty, to its own address."""
    buttons = (_PERSON.format(**{name: escape(str(value)) for name, value in one._asdict().items()}) for one in people)
    form = _FORM.format(client=escape(client), people="\n".join(buttons))
    return _PAGE.format(title="Sign in as …", content=form)


def refusing(sentence: str) -> str:
    """Return the page for a request that nobody can be sent back from."""
    return _PAGE.format(title="This cannot be answered", content=f"<p>{escape(sentence)}</p>")

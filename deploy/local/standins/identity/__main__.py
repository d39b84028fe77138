"""A stand-in for an identity provider: OpenID Connect, authorization code with PKCE, and a page that asks who one is.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. Its issuer is the address by which
it is reached, such as `http://127.0.0.1:8040`. It signs in whoever presses a name, and sends them back to this machine only.
Faults and the request log are steered under `/_standin/` on the same port; a fault rule may address a person by subject or
e-mail address. `POST /_standin/people` enters a person or changes one, `DELETE /_standin/people/{subject}` takes one out,
`PUT /_standin/tokens` has the next tokens say something wrong. Everything but the faults and that survives a kill.

`make run WITH=identity` starts it beside the local stack, where staff then sign in with it or with their passwords.
"""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError

from deploy.local.standins.identity.api import Registration
from deploy.local.standins.identity.application import make_application
from deploy.local.standins.identity.store import Person
from deploy.local.standins.kit.serving import arguments, serve

USUAL_PEOPLE = (
    Person("ann-1", "Ann Archer", "approver@agency.example"),
    Person("eli-2", "Eli Engel", "engineer@agency.example"),
    Person("nia-3", "Nia Newcomb", "new.hire@agency.example"),
)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = _parser().parse_args()
    registration = Registration(given.client_id, given.client_secret)
    app = make_application(registration, given.person or USUAL_PEOPLE, given.state_dir)
    asyncio.run(serve(app, given.host, given.port))


def _parser() -> ArgumentParser:
    parser = arguments(__doc__)
    parser.add_argument("--client-id", default="local-console", help="default: %(default)s")
    parser.add_argument("--client-secret", default="local-console-secret", help="default: %(default)s")
    usual = ", ".join(f"{one.subject}:{one.email}:{one.name}" for one in USUAL_PEOPLE)
    parser.add_argument(
        "--person",
        action="append",
        default=[],
        type=_person,
        metavar="SUBJECT:EMAIL:NAME",
        help=f"somebody who is known from the start; repeatable (default: {usual})",
    )
    return parser


def _person(text: str) -> Person:
    subject, email, name = (*text.split(":", 2), "", "")[:3]
    if not subject or "@" not in email:
        raise ArgumentTypeError(f"not SUBJECT:EMAIL:NAME: {text}")
    return Person(subject, name or email, email)


if __name__ == "__main__":
    main()

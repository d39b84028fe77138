"""The checks of wording on a post, with the client's own names and everybody else's."""

import secrets

from sqlmodel import Session, col, select

from models.database.tables.people import Client
from models.database.tables.portal import Post
from models.portal.posts import PostText
from models.wording.checking import check
from models.wording.findings import Finding
from models.wording.surroundings import Party, Surroundings


def findings(session: Session, post: Post, text: PostText) -> tuple[Finding, ...]:
    """Return everything that is wrong with a post's wording. Asked anew each time: clients and lexicons change."""
    everybody = session.exec(select(Client).order_by(col(Client.key))).all()
    surroundings = Surroundings(
        purpose=text.purpose,
        own=_party(next(client for client in everybody if client.id == post.client_id)),
        others=tuple(_party(client) for client in everybody if client.id != post.client_id),
        sourced_figures=tuple(figure.shown for figure in text.figures),
    )
    # Nothing of it is kept, so the digests need not be comparable with those of another day.
    return check(text.parts, surroundings, secrets.token_bytes(16))


def _party(client: Client) -> Party:
    return Party(names=(client.name,), phones=(client.phone,) if client.phone else ())

"""`comms posts …`: what clients see in the portal, before and after it is published."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.portal.standing import PostState
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood, Problem
from starter.comms.run_commands import Reason
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

PATH = "/v1/portal-posts"
app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="What clients see in the portal.")
PostArgument = Annotated[str, typer.Argument(metavar="POST", help="Id of the post.")]


@app.command("list")
def list_posts(
    client: Annotated[str | None, typer.Option(autocompletion=completing.clients, help="Key of a client.")] = None,
    state: Annotated[PostState | None, typer.Option()] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List posts, the newest first."""
    found = api_client.get(url, key, PATH, {"client": client, "state": state and state.value})
    if as_json:
        show_json(found)
        return
    columns = ("post", "client", "kind", "title", "state", "version (published)", "published (UTC)")
    out.print(table("Posts", columns, (_line(one) for one in found), whole="post"))


@app.command()
def show(post: PostArgument, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show a post from both sides: what the client will see, what was found in it, what stays inside."""
    found = api_client.get(url, key, _path(post))
    if as_json:
        show_json(found)
        return
    seen = found["client_will_see"]
    out.print(f"{seen['title']}\n\n{seen['body']}\n", markup=False)
    for figure in seen["figures"]:
        out.print(f"  {figure['label']}: {figure['shown']} ({figure['source']}, {figure['period']})", markup=False)
    remark(f"{found['state']}, version {found['version']}, published: {found['published_version'] or 'no'}")
    for review in found["reviews"]:
        remark(f"{review['review']} review {review['id']}: {review['state']} (asked: {review['approver']})")
    for finding in found["findings"]:
        remark(f"{finding['severity']}: {finding['kind']} in the {finding['part']}. {finding['advice']}")
    for note in (note for version in found["stays_inside"][:1] for note in version["internal"]):
        remark(f"stays inside, {note['label']}: {note['text']}")


@app.command()
def publish(post: PostArgument, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Let the client see the newest version, once both reviews have approved it."""
    done = api_client.post(url, key, _path(post, "/publish"), {})
    if not done["published"]:
        raise Problem(f"not published: {done['refusal'].replace('_', ' ')}")
    remark(f"The client sees version {done['version']}.")


@app.command()
def withdraw(post: PostArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Hide a post from the client at once."""
    done = api_client.post(url, key, _path(post, "/withdraw"), {"reason": reason})
    remark("The client does not see it any more." if done["withdrawn"] else "It was withdrawn before.")


@app.command()
def correct(
    post: PostArgument,
    reason: Reason,
    title: Annotated[str | None, typer.Option(help="The new title.")] = None,
    body: Annotated[Path | None, typer.Option(help="A file with the new text.", exists=True, dir_okay=False)] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Stage another wording of a post; it is shown once both reviews have approved it."""
    given = {"title": title, "body": body.read_text() if body else None}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise Misunderstood("Say what to correct: --title or --body.")
    staged = api_client.post(url, key, _path(post, "/corrections"), changes | {"reason": reason})
    if as_json:
        show_json(staged)
        return
    remark(f"Version {staged['version']} waits for the owner's approval and the privacy review.")


def _path(post: str, more: str = "") -> str:
    return f"{PATH}/{uuid(post, 'a post')}{more}"


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    versions = f"{one['version']} ({one['published_version'] or '–'})"
    return (
        one["id"], one["client"], one["kind"], one["title"], one["state"], versions, moment(one["published_at"]),
    )  # fmt: skip

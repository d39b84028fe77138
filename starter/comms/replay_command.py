"""`comms replay`: would the present code make the same decisions as recorded runs?"""

import asyncio
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from models.plurals import counted
from starter.comms import completing
from starter.comms.bars import bar
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, remarks, show_json
from starter.comms.spans import moment_of

if TYPE_CHECKING:
    from starter.comms.replaying.reach import Reach
    from starter.comms.replaying.verdicts import Verdict

What = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN|FILE",
        autocompletion=completing.runs_or_files,
        help="A run's id, of which eight characters are enough, its workflow id, or a history saved as JSON.",
    ),
]
Zone = Annotated[str, typer.Option(envvar="COMMS_CONSOLE__TIME_ZONE", help="IANA zone in which moments are shown.")]


def replay_command(
    what: What = None,
    temporal_run: Annotated[str | None, typer.Option(help="Temporal's run id; the newest if left out.")] = None,
    every_open: Annotated[bool, typer.Option("--open", help="All runs under way: the gate before a deploy.")] = False,
    since: Annotated[str | None, typer.Option(help="All that closed since: 24h, or a moment.")] = None,
    timeline: Annotated[bool, typer.Option(help="Show what the run knew, decided and waited for.")] = True,
    payloads: Annotated[bool, typer.Option("--payloads", help="With their contents, if the keys are here.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail too if a timer would run for another time.")] = False,
    zone: Zone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Replay recorded histories with the code at hand, and show the first command that differs and the line that issued it.

    RUN is fetched from Temporal; FILE is a download of the Temporal UI or `temporal workflow show -o json`, sealed or not.
    It needs the sealing keys (COMMS_KEYS__…). It changes nothing. Exit code 0: the same decisions. 1: something differs,
    or could not be replayed. 2: the command is not understood. 3: Temporal does not answer.
    """
    if sum((what is not None, every_open, since is not None)) != 1:
        raise typer.BadParameter("name a RUN or a FILE, or give --open or --since")
    # Temporal's client and the workflows take most of a second to load, which every other command would pay for.
    from starter.comms.replaying import asking
    from starter.comms.replaying.reach import Reach
    from starter.comms.replaying.verdicts import Outcome

    reach = Reach()
    with asking.quiet():
        if what is not None:
            verdicts = [_one(reach, what, temporal_run, _zone(zone), timeline, payloads, as_json)]
        else:
            verdicts = _many(reach, since, as_json)
    failing = {Outcome.DIVERGED, Outcome.UNREADABLE} | ({Outcome.CHANGED} if strict else set())
    if any(verdict.outcome in failing for verdict in verdicts):
        raise typer.Exit(1)


def _one(
    reach: "Reach",
    what: str,
    temporal_run: str | None,
    zone: ZoneInfo,
    timeline: bool,
    payloads: bool,
    as_json: bool,
) -> "Verdict":
    from starter.comms.replaying import asking
    from starter.comms.replaying.timeline_shown import timeline_as_json, timeline_table
    from starter.comms.replaying.verdicts import Outcome, told  # fmt: skip
    from starter.comms.replaying.verdicts import as_json as for_programs

    with remarks.status("replaying"):
        found = asyncio.run(asking.one(reach, what, temporal_run, payloads))
    verdict = found.verdict
    if as_json:
        show_json(for_programs(verdict) | {"timeline": timeline_as_json(found.tasks, found.said)})
        return verdict
    if timeline:
        out.print(timeline_table(f"{verdict.workflow} {verdict.workflow_id}", found.tasks, zone, found.said))
    if verdict.outcome is Outcome.OK:
        out.print(f"{what}: {counted(verdict.events, 'event')}, the same decisions.", markup=False, soft_wrap=True)
    else:
        heading = "the present code would do something else" if verdict.outcome is Outcome.DIVERGED else verdict.outcome
        remark(f"{what}: {heading}\n{told(verdict)}")
    return verdict


def _many(reach: "Reach", since: str | None, as_json: bool) -> "list[Verdict]":
    from starter.comms.replaying import asking, many
    from starter.comms.replaying.verdicts import Outcome

    queue = reach.temporal.task_queue
    query = many.open_on(queue) if since is None else many.closed_since(queue, moment_of(since))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with bar(*columns) as progress:
        task = progress.add_task("replaying", total=None)

        def seen(done: int, total: int) -> None:
            progress.update(task, completed=done, total=max(done, total))

        verdicts = asyncio.run(asking.many(reach, query, seen))
    if as_json:
        show_json(many.report(verdicts))
        return verdicts
    which = "under way" if since is None else f"closed since {since}"
    if not verdicts:
        remark(f"No run is {which} on the task queue {queue}, so there is nothing to compare.")
        return verdicts
    out.print(many.summary(verdicts))
    if (where := many.spots(verdicts)) is not None:
        out.print(where)
        remark(
            "`comms replay RUN` shows one of them in full. Do not deploy this code beside those runs: see CONTRIBUTING.md."
        )
    elif any(verdict.outcome is Outcome.CHANGED for verdict in verdicts):
        remark("Some timers would run for another time; runs under way keep theirs. --strict makes that a failure.")
    else:
        remark(f"Every run {which} ({len(verdicts)}) decides the same with this code.")
    return verdicts


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Problem(f"there is no time zone {name!r}; use a name such as America/Denver") from None

"""`comms up` and `comms demo`: `make run` and `make demo` of an installed package. Named in pyproject.toml."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer


def up(
    state_dir: Annotated[Path | None, typer.Option(help="Where everything is kept; .local/run if not given.")] = None,
    parts: Annotated[
        str | None, typer.Option(help="Comma-separated names of the parts to run; all if not given.")
    ] = None,
    extras: Annotated[
        list[str] | None,
        typer.Option("--with", help="A part on demand: salesforce, web_hook, openai, identity. May be repeated."),
    ] = None,
) -> None:
    """Start the whole stack on this machine, print its links, and stay until Ctrl-C.

    PostgreSQL, Temporal with its UI, worker, API, relay, and stand-ins of the providers, all on loopback. What happened is
    kept until `make clean-state`. Exit code 1 if a part does not start, or the stack is up already; 2 if there is no such part.
    """
    arguments = ["--state-dir", str(state_dir)] if state_dir else []
    arguments += ["--parts", parts] if parts else []
    arguments += [f"--with={name}" for name in extras or ()]
    raise typer.Exit(_part("deploy.local.__main__").main(arguments))


def demo(
    kill: Annotated[
        list[str] | None, typer.Option(help="kill -9 this part in the middle: worker, temporal, postgres, api, relay.")
    ] = None,
) -> None:
    """Run the main job as a story on a fresh stack and audit it; leave nothing running. Exit code 0 if all came out as told."""
    _part("deploy.local.demo.__main__").command(kill or [])


def _part(name: str) -> ModuleType:
    """Return a module of the embedded stack, which takes a second to load."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "deploy":
            raise
        typer.echo(
            f"The embedded stack is not installed here: {missing.name} is missing. Run `make install`.", err=True
        )
        raise typer.Exit(1) from None

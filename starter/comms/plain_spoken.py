"""Groups of commands whose failures end in a sentence, and commands that are loaded when somebody calls them."""

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup


class PlainSpoken(TyperGroup):
    """A group of commands whose expected failures end in one line on stderr, with the exit codes of `sentences.exit_code`."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, BrokenPipeError):
            raise
        except Exception as error:
            # What can go wrong takes longer to load than most commands take to run.
            from starter.comms.sentences import EXPECTED, exit_code, sentence
            from starter.comms.showing import complain

            if not isinstance(error, EXPECTED):
                raise
            complain(sentence(error))
            raise typer.Exit(exit_code(error)) from None


class Elsewhere(PlainSpoken):
    """A group that knows of its commands only where they are (`module:name`), until one is called.

    All of them together take seconds to load, which nobody waits for who asks for help or presses Tab.
    """

    places: Mapping[str, str]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that is called, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(name, self.places[name]) if name else command, rest


def listed(places: Mapping[str, Mapping[str, str]], said: str) -> typer.Typer:
    """Return a command line of these commands, by panel of its help and name."""
    everywhere = {name: place for panel in places.values() for name, place in panel.items()}
    group = type("Everywhere", (Elsewhere,), {"places": everywhere})
    app = typer.Typer(cls=group, no_args_is_help=True, pretty_exceptions_enable=False, help=said)
    for panel, commands in places.items():
        for name, place in commands.items():
            app.command(name, help=said_of(place), rich_help_panel=panel)(_stand_in)
    return app


def loaded(name: str, place: str) -> Any:
    """Return the command, or the group of commands, of this name."""
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    around = typer.Typer(pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    command = typer.main.get_group(around).commands[name]
    for one in (command, *getattr(command, "commands", {}).values()):
        one.help = _folded(one.help)
    return command


def said_of(place: str) -> str:
    """Return what a command says of itself, read from its source without running it: its docstring, or the `help=` of a group."""
    module, _, attribute = place.partition(":")
    spec = find_spec(module)
    source = spec and spec.loader and spec.loader.get_source(module)  # type: ignore[attr-defined]
    for statement in ast.parse(source or "").body:
        match statement:
            case ast.FunctionDef(name=name) if name == attribute:
                return _folded(ast.get_docstring(statement))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=keywords)) if name == attribute:
                return next(str(ast.literal_eval(keyword.value)) for keyword in keywords if keyword.arg == "help")
    raise LookupError(f"{place} names neither a function nor a group of commands")


def _folded(text: str | None) -> str:
    """Return a text whose paragraphs are lines, so that they break where the terminal ends and not where the source did."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n"))


def _stand_in() -> None:
    """Stand in a list for a command that is not loaded."""

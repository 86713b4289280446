"""The command line: the only home of click. Each command parses, calls, prints and sets the exit status."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any

import click

from kg.cli.options import printable

# Command: its module, and the line that `kg --help` shows without importing it.
COMMANDS = {
    "build": ("kg.cli.build", "Build a release, the whole way from sources to a validated graph."),
    "diff": ("kg.cli.diff", "Tell what has changed between two graphs."),
    "doctor": ("kg.cli.doctor", "Tell what a triple store is and can."),
    "explain": ("kg.cli.explain", "Show where each statement about a thing comes from."),
    "export": ("kg.cli.export", "Write a graph in another format."),
    "extract": ("kg.cli.extract", "Print the facts of passages as JSON Lines."),
    "graph": ("kg.cli.graph", "Ask how things are connected: what they share, chains, centres, pictures."),
    "map": ("kg.cli.map", "Run a mapping (RML, R2RML, YARRRML) over any data."),
    "publish": ("kg.cli.publish", "Write a graph as a static linked-data site."),
    "push": ("kg.cli.push", "Push a graph into a triple store, verified."),
    "query": ("kg.cli.query", "Ask a graph in SPARQL, or a named question."),
    "serve": ("kg.cli.serve", "Serve a graph: a SPARQL endpoint and linked-data pages."),
    "stats": ("kg.cli.stats", "Count what is in a graph."),
    "validate": ("kg.cli.validate", "Check a graph against shapes (SHACL)."),
}
ERROR = 3


class _Commands(click.Group):
    """Loads a command when it is called, so that `kg --help` does not wait for libraries."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - each module has one
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"There is no command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output, such as `head`, has seen enough; nothing is left to write, at the end of the process either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from kg.version import __version__

        click.echo(f"kg {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "KG"})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and end."
)
def group() -> None:
    """Build a knowledge graph from what people write about AI models.

    Data goes to standard output, talk to standard error. Exit status: 0 fine, 1 findings at or over --fail-on, 2 wrong usage, 3 an error that the message
    and docs/reference/errors.md explain.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a fault that the user can mend is one message and exit status 3, never a traceback."""
    from kg.errors import KgError

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status: Any = group.main(arguments, prog_name="kg", standalone_mode=False)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except KgError as error:
        _tell(str(error))
        status = ERROR
    except OSError as error:
        _tell(f"{error.filename or 'input or output'}: {(error.strerror or str(error)).lower()} [KG003]")
        status = ERROR
    except (KeyboardInterrupt, click.Abort):
        _tell("stopped before the end; nothing was written, and what was there before is unchanged [KG001]")
        status = ERROR
    except MemoryError:
        _tell("the memory of this machine is used up; give less at a time [KG002]")
        status = ERROR
    sys.exit(status if isinstance(status, int) else 0)


def _tell(message: str) -> None:
    click.echo(f"kg: {printable(message)}", err=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt

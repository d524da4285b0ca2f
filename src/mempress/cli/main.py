"""The command ``mempress`` and its exit statuses."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from mempress.errors import MempressError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "run": "Put systems under pressure, and report them side by side.",
    "analyze": "Judge a run, or all runs of a benchmark, anew from the journal.",
    "report": "Write the reports of a benchmark anew.",
    "compare": "Compare two results: what differs, and whether it is more than noise.",
    "detect": "Find maintenance events in a trace of samples.",
    "capacity": "Find the most records under a memory limit, or the least memory for some records.",
    "soak": "Hold a system at a constant load for as long as asked, and see whether anything leaks.",
    "campaign": "Measure a matrix of systems and settings, here or on a cluster, and merge the results.",
    "systems": "List the systems that can be run.",
    "check": "Check a system's adapter against the protocol.",
    "env": "Show the machine and how things are measured on it.",
    "init": "Write a first adapter and a file of settings to begin with.",
}
"""Each command and its one line of help; the command itself is loaded from the file of its name."""
_INTERRUPTED = 130


class _Commands(click.Group):
    """A group that loads a command when it is called: ``--help`` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"mempress.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mempress", message="%(prog)s %(version)s")
def group() -> None:
    """Put the memory of AI agents under pressure: grow it until it saturates, measure it, see whether it comes back.

    Exit status: 0 done (saturation is a finding, not a failure), 1 the harness failed, 2 usage, 3 a system died or
    never started, 4 a condition that was asked for holds, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    # Small fits on many threads wait for one another; it must be set before numpy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        status = group.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except MempressError as error:
        _say(f"mempress: {error}")
        status = error.exit_status
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("mempress: interrupted")
        status = _INTERRUPTED
    except OSError as error:
        _say(f"mempress: {error}. What was measured until then is kept.")
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _say(text: str) -> None:
    click.echo("".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text), err=True)

"""The entry point: runs a command, and turns whatever ends it into an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cdk_ecr_public_pull.cli.console import complaint
from cdk_ecr_public_pull.cli.statuses import BROKEN_PIPE, INTERRUPTED, UNUSABLE
from cdk_ecr_public_pull.errors import EcrPublicPullError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the program's name; the process's own if left out.

    Returns:
        The exit status: 0 if no error was found (warnings are allowed), 1 if one was,
        2 for bad usage or for input that cannot be used, 130 after Ctrl-C, 141 if the
        reader of the output went away, 143 after SIGTERM while worker processes ran.

    Raises:
        SystemExit: The arguments are wrong (status 2), or ask for help or the version.
    """
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        _ignore_interrupts()
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except EcrPublicPullError as error:
        _complain(error)
        return UNUSABLE
    except OSError as error:
        # Files that cannot be read or written are told apart before: this is the output.
        _drop_output()
        _complain(f"the output cannot be written: {error.strerror}")
        return UNUSABLE


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 must not end the run.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    is_own_process = arguments is None
    if is_own_process:
        # What a file becomes refers to itself in no cycle, so there is nothing to collect.
        gc.disable()
    parser = import_module("cdk_ecr_public_pull.cli.command_line").parser()
    options = parser.parse_args(arguments)
    command = import_module(f"cdk_ecr_public_pull.cli.commands.{options.command}_command")
    if is_own_process:
        # The last collection, at the exit, need not look at what was imported.
        gc.freeze()
    status: int = command.run(options)
    if sys.stdout is not None:
        sys.stdout.flush()
    return status


def _complain(error: object) -> None:
    print(complaint(str(error)), end="", file=sys.stderr)


def _ignore_interrupts() -> None:
    import signal  # noqa: PLC0415  (only an interrupted run needs it, and every start would pay for its enums)

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _drop_output() -> None:
    """Send what is still in the buffers nowhere; Python would fail on it at its exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)

"""What the commands on files have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cdk_ecr_public_pull.cli.console import Console, complaint
from cdk_ecr_public_pull.cli.file_result import Tally, Work
from cdk_ecr_public_pull.cli.workers import results_of
from cdk_ecr_public_pull.config import Config, find_config, load_config
from cdk_ecr_public_pull.discovery.dockerfiles import find_dockerfiles


def config_of(options: argparse.Namespace) -> Config:
    """The configuration that the arguments name, or the nearest one."""
    return load_config(options.config) if options.config is not None else find_config(".")


def work_on(paths: Sequence[str], config: Config, work: Work, *, between: str = "") -> Tally:
    """Work on all files that were asked for, and print what comes of it, in their order.

    Args:
        paths: The paths of the command line.
        config: The configuration.
        work: What to do with each file; it can be pickled.
        between: What is printed between the outputs of two files.
    """
    tally = Tally()
    found = find_dockerfiles(paths, is_ignored=config.ignores)
    tally.has_unusable = bool(found.unusable)
    console = Console(len(found.names))
    results = results_of(work, found.names)
    separator = ""
    try:
        console.err("".join(map(complaint, [*found.warnings, *found.unusable])))
        for result in results:
            tally.add(result)
            if result.output:
                console.out(separator + result.output)
                separator = between
            console.err(result.messages)
            console.advance()
    finally:
        results.close()
        console.close()
    return tally

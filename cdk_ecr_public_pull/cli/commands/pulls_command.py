"""``ecr-public-pull pulls``: list every image that a build pulls."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from functools import partial

from cdk_ecr_public_pull.cli.commands.common import config_of, work_on
from cdk_ecr_public_pull.cli.console import complaint
from cdk_ecr_public_pull.cli.file_result import FileResult
from cdk_ecr_public_pull.cli.files import read_file
from cdk_ecr_public_pull.cli.statuses import OK, UNUSABLE
from cdk_ecr_public_pull.config import Config
from cdk_ecr_public_pull.dockerfile.pulls import FoundPulls, Pull, find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from cdk_ecr_public_pull.images.mirrors import Resolution
from cdk_ecr_public_pull.printable import escape_controls


def run(options: argparse.Namespace) -> int:
    """List the pulls of files; returns the exit status."""
    config = config_of(options)
    is_json = options.format == "json"
    work = partial(
        list_pulls,
        config=config,
        as_json=is_json,
        build_args=dict(options.build_arg),
        target=options.target,
        platform=options.platform,
    )
    if is_json:
        print('{"version": 1, "files": [', end="")
    tally = work_on(options.paths, config, work, between=", " if is_json else "")
    if is_json:
        print("]}")
    for name in sorted(tally.undeclared):
        message = f"--build-arg {name}: no ARG of these files declares it"
        print(complaint(message), end="", file=sys.stderr)
    return UNUSABLE if tally.has_unusable else OK


def list_pulls(
    name: str,
    *,
    config: Config,
    as_json: bool,
    build_args: Mapping[str, str],
    target: str | None,
    platform: str,
) -> FileResult:
    """List the pulls of a file.

    Args:
        name: The file.
        config: The configuration.
        as_json: Whether to describe them for programs.
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``; the last one if None.
        platform: The platform to build for.

    Raises:
        UnusableFile: It cannot be read.
    """
    content = read_file(name).content
    found = find_pulls(content, build_args=build_args, target=target, platform=platform)
    resolved = [(pull, config.mirrors.resolve(pull.image)) for pull in found.pulls]
    if not as_json:
        output = "".join(_line(name, pull, resolution) for pull, resolution in resolved)
        return FileResult(
            output=output, messages=_build_fault(name, found), undeclared=found.undeclared
        )
    from cdk_ecr_public_pull.cli.pulls_json import pulls_as_json  # noqa: PLC0415  (the report for people does without the json package)

    findings = check_dockerfile(
        content,
        mirrors=config.mirrors,
        settings=config.settings,
        build_args=build_args,
        target=target,
        platform=platform,
    )
    output = pulls_as_json(name, content, found, resolved, findings)
    return FileResult(output=output, undeclared=found.undeclared)


def _line(name: str, pull: Pull, resolution: Resolution) -> str:
    copy = resolution.replacement or resolution.verdict.replace("_", " ")
    remarks = [pull.via.value]
    if pull.deferred:
        remarks.append("deferred")
    elif not pull.reachable:
        remarks.append("not in this build")
    remarks += (f"--build-arg {name}=… tells the rest" for name in pull.unresolved)
    place = f"{name}:{pull.line}:{pull.column}"
    return escape_controls(f"{place}: {pull.image} -> {copy} ({', '.join(remarks)})") + "\n"


def _build_fault(name: str, found: FoundPulls) -> str:
    error = found.error
    if error is None:
        return ""
    place = f"{escape_controls(name)}:{error.line}:{error.column}"
    return complaint(f"{place}: BuildKit refuses this file: {escape_controls(error.message)}")

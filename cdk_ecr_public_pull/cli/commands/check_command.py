"""``ecr-public-pull check``: say what is pulled from Docker Hub."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.cli.commands.common import config_of, work_on
from cdk_ecr_public_pull.cli.file_result import FileResult, result_of
from cdk_ecr_public_pull.cli.files import read_file
from cdk_ecr_public_pull.config import Config
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk_ecr_public_pull.report.finding import Finding


def run(options: argparse.Namespace) -> int:
    """Check files; returns the exit status."""
    config = config_of(options)
    if options.format == "text":
        tally = work_on(options.paths, config, partial(check_file, config=config))
        remedy = f"; ecr-public-pull fix mends {tally.fixable}" if tally.fixable else ""
        print(f"{tally}{remedy}", file=sys.stderr)
        return tally.status
    print('{"version": 1, "findings": [', end="")
    work = partial(check_file, config=config, as_json=True)
    tally = work_on(options.paths, config, work, between=", ")
    print(f'], "files": {tally.files}}}')
    return tally.status


def check_file(name: str, *, config: Config, as_json: bool = False) -> FileResult:
    """Check a file.

    Args:
        name: The file.
        config: The configuration.
        as_json: Whether to describe the findings for programs.

    Raises:
        UnusableFile: It cannot be read.
    """
    content = read_file(name).content
    findings = check_dockerfile(
        content, path=name, mirrors=config.mirrors, settings=config.settings
    )
    output = _report(findings, content, as_json=as_json) if findings else ""
    return result_of(findings, output=output)


def _report(findings: Sequence[Finding], content: bytes, *, as_json: bool) -> str:
    if as_json:
        from cdk_ecr_public_pull.report.formats.json import findings_as_json  # noqa: PLC0415  (a file without findings does without it)

        return findings_as_json(findings, content)
    from cdk_ecr_public_pull.report.formats.text import render_all  # noqa: PLC0415  (a file without findings does without it)

    return render_all(findings, content)

"""``ecr-public-pull fix``: move the pulls to their copies."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from cdk_ecr_public_pull.cli.commands.common import config_of, work_on
from cdk_ecr_public_pull.cli.file_result import FileResult, count, result_of
from cdk_ecr_public_pull.cli.files import ReadFile, check_replaceable, read_file, replace_file
from cdk_ecr_public_pull.config import Config
from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.formats.text import render_all


def run(options: argparse.Namespace) -> int:
    """Rewrite files, or show how they would be; returns the exit status."""
    config = config_of(options)
    work = partial(
        fix_file, config=config, only_diff=options.diff, unsafe_fixes=options.unsafe_fixes
    )
    tally = work_on(options.paths, config, work)
    verb = "would be changed" if options.diff else "changed"
    print(f"{count(tally.changed, 'file')} {verb}; left: {tally}", file=sys.stderr)
    return tally.status


def fix_file(name: str, *, config: Config, only_diff: bool, unsafe_fixes: bool) -> FileResult:
    """Rewrite a file.

    Args:
        name: The file.
        config: The configuration.
        only_diff: Whether to show the changes and make none.
        unsafe_fixes: Whether to move images that are pinned by a digest, too.

    Raises:
        UnusableFile: It cannot be read, or not be replaced.
    """
    read = read_file(name)
    rewrite = rewrite_dockerfile(
        read.content,
        path=name,
        mirrors=config.mirrors,
        settings=config.settings,
        unsafe_fixes=unsafe_fixes,
    )
    is_changed = rewrite.content != read.content
    output = ""
    if only_diff and is_changed:
        output = _diff(read, rewrite.content)
    elif not only_diff:
        _deliver(read, rewrite.content)
    # Their places are those of the file as it was.
    messages = render_all(rewrite.findings, read.content)
    if is_changed and not only_diff:
        changes = count(len(rewrite.edits), "change")
        messages += f"{escape_controls(name)}: {changes} made\n"
    # What the edits mend is not among the findings any more.
    return result_of(rewrite.findings, output=output, messages=messages, is_changed=is_changed)


def _diff(read: ReadFile, content: bytes) -> str:
    from cdk_ecr_public_pull.cli.diff import unified_diff  # noqa: PLC0415  (slow to import, and only --diff needs it)

    if read.status is not None:
        check_replaceable(read.name)
    return unified_diff(read.name, read.content, content)


def _deliver(read: ReadFile, content: bytes) -> None:
    if read.status is not None:
        if content != read.content:
            replace_file(read.name, content, status=read.status)
    elif sys.stdout is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)

"""The entry point: arguments, exit codes, and one function for each command."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from cdk_ecr_public_pull.cli import report
from cdk_ecr_public_pull.cli.files import (
    STDIN,
    ReadFile,
    check_replaceable,
    find_dockerfiles,
    read_file,
    replace_file,
)
from cdk_ecr_public_pull.config import Config, find_config, load_config
from cdk_ecr_public_pull.dockerfile.findings import (
    Finding,
    Severity,
    escape_controls,
    render,
)
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM, refuse_platform
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import (
    check_dockerfile,
    planned_edits,
    rewrite_dockerfile,
)
from cdk_ecr_public_pull.errors import EcrPublicPullError, UnusableFile

OK, FOUND, UNUSABLE = 0, 1, 2
_DESCRIPTION = """\
Finds the images that Dockerfiles pull from Docker Hub, and moves them to their copies on
Amazon ECR Public. Exit status: 0 no error found, 1 an error found, 2 bad usage or input."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the program's name; the process's own if left out.

    Returns:
        The exit status: 0 if no error was found (warnings are allowed), 1 if one was,
        2 for bad usage or for input that cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except EcrPublicPullError as error:
        _complain(error)
        return UNUSABLE
    except BrokenPipeError:
        # The reader (head, say) has seen enough; Python would complain at its exit again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ecr-public-pull", description=_DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say what is pulled from Docker Hub")
    check.set_defaults(command=_check)
    fix = commands.add_parser("fix", help="move the pulls to ECR Public, in place")
    fix.set_defaults(command=_fix)
    fix.add_argument("--diff", action="store_true", help="show the changes, make none")
    pulls = commands.add_parser("pulls", help="list every image that a build pulls")
    pulls.set_defaults(command=_pulls)
    pulls.add_argument(
        "--build-arg", action="append", default=[], metavar="K=V", type=_build_arg, help="as docker"
    )
    pulls.add_argument("--target", metavar="STAGE", help="the stage to build; the last one")
    pulls.add_argument("--platform", default=DEFAULT_PLATFORM, type=_platform, metavar="OS/ARCH")
    for command in (check, fix, pulls):
        command.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, or -")
        command.add_argument("--config", type=Path, metavar="FILE", help="instead of the nearest")
    for command in (check, pulls):
        command.add_argument("--format", choices=("text", "json"), default="text")
    login = commands.add_parser("login", help="print the commands that log in to ECR Public")
    login.set_defaults(command=_login)
    login.add_argument("--run", action="store_true", help="run them, with sh")
    login.add_argument("--optional", action="store_true", help="go on without a login")
    return parser


def _check(options: argparse.Namespace) -> int:
    config = _config(options)
    seen = Seen()
    documents: list[dict[str, object]] = []
    for path, read in _files(options.paths, config, seen):
        findings = check_dockerfile(
            read.content, path=path, mirrors=config.mirrors, settings=config.settings
        )
        seen.findings += findings
        positions = Positions(read.content)
        if options.format == "json":
            documents += [report.finding_as_json(finding, positions) for finding in findings]
        else:
            _print_findings(findings, positions)
    if options.format == "json":
        print(report.as_json({"findings": documents, "files": seen.files}))
    else:
        print(report.summary(seen.findings, seen.files), file=sys.stderr)
    return seen.status


def _fix(options: argparse.Namespace) -> int:
    config = _config(options)
    seen = Seen()
    for path, read in _files(options.paths, config, seen):
        rewrite = rewrite_dockerfile(
            read.content, path=path, mirrors=config.mirrors, settings=config.settings
        )
        # The new file, or the diff, is what goes to the standard output.
        _print_findings(rewrite.findings, Positions(rewrite.content), file=sys.stderr)
        try:
            _deliver(path, read, rewrite.content, only_diff=options.diff)
        except UnusableFile as error:
            seen.unusable(error)
            continue
        seen.findings += rewrite.findings
        seen.changed += bool(rewrite.edits)
    verb = "would change" if options.diff else "changed"
    left = report.summary(seen.findings, seen.files)
    print(f"{seen.changed} {verb}; left: {left}", file=sys.stderr)
    return seen.status


def _deliver(path: str, read: ReadFile, content: bytes, *, only_diff: bool) -> None:
    if only_diff:
        if content != read.content:
            check_replaceable(read.path)
        print(report.diff(path, read.content, content), end="")
    elif path == STDIN:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    elif content != read.content:
        replace_file(read, content)


def _pulls(options: argparse.Namespace) -> int:
    config = _config(options)
    seen = Seen()
    documents: list[dict[str, object]] = []
    build_args = dict(options.build_arg)
    for path, read in _files(options.paths, config, seen):
        found = find_pulls(
            read.content,
            build_args=build_args,
            target=options.target,
            platform=options.platform,
        )
        edits = planned_edits(
            read.content,
            mirrors=config.mirrors,
            settings=config.settings,
            build_args=build_args,
            target=options.target,
            platform=options.platform,
        )
        resolved = [
            (pull, config.mirrors.resolve(pull.image), edits.get(pull.span.start))
            for pull in found.pulls
        ]
        if options.format == "json":
            positions = Positions(read.content)
            documents.append(report.pulls_as_json(path, found, resolved, positions))
            continue
        for pull, resolution, _ in resolved:
            print(report.pull_as_text(path, pull, resolution))
        if found.error:
            place = f"{path}:{found.error.line}:{found.error.column}"
            _complain(f"{place}: BuildKit refuses this file: {found.error.message}")
    if options.format == "json":
        print(report.as_json({"files": documents}))
    return UNUSABLE if seen.has_unusable else OK


def _login(options: argparse.Namespace) -> int:
    # Not needed by the commands that read Dockerfiles, which start faster without it.
    from cdk_ecr_public_pull.builds.login import login_commands  # noqa: PLC0415

    script = "\n".join(login_commands(required=not options.optional))
    if options.run:
        return subprocess.run(["sh", "-c", script], check=False).returncode
    print(script)
    return OK


class Seen:
    """What has been seen so far.

    Attributes:
        findings: The findings that count for the exit status.
        files: How many files were looked at.
        changed: How many of them were changed.
        has_unusable: Whether one could not be used.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.findings: list[Finding] = []
        self.files = 0
        self.changed = 0
        self.has_unusable = False

    def unusable(self, error: UnusableFile) -> None:
        """Say that a file cannot be used, and remember it."""
        self.has_unusable = True
        _complain(error)

    @property
    def status(self) -> int:
        """The exit status."""
        if self.has_unusable:
            return UNUSABLE
        return FOUND if any(f.severity is Severity.ERROR for f in self.findings) else OK


def _files(
    paths: Sequence[str], config: Config, seen: Seen
) -> Iterator[tuple[str, ReadFile]]:
    """Read the files one after the other; those that cannot be read are told at once."""
    for path in paths:
        try:
            for name in find_dockerfiles([path], is_ignored=config.ignores):
                read = _read(name, seen)
                if read is not None:
                    seen.files += 1
                    yield name, read
        except UnusableFile as error:
            seen.unusable(error)


def _read(name: str, seen: Seen) -> ReadFile | None:
    if name == STDIN:
        return ReadFile(path=Path(name), content=sys.stdin.buffer.read(), status=None)
    try:
        return read_file(Path(name))
    except UnusableFile as error:
        seen.unusable(error)
        return None


def _config(options: argparse.Namespace) -> Config:
    return load_config(options.config) if options.config else find_config(Path())


def _print_findings(
    findings: Iterable[Finding], positions: Positions, *, file: TextIO | None = None
) -> None:
    for finding in findings:
        print(render(finding, positions), file=file)


def _complain(error: object) -> None:
    lines = [escape_controls(line) for line in str(error).split("\n")]
    print("ecr-public-pull: " + "\n".join(lines), file=sys.stderr)


def _build_arg(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _platform(text: str) -> str:
    cause = refuse_platform(text)
    if cause or "/" not in text:
        raise argparse.ArgumentTypeError(cause or f"{text!r} is not of the form OS/ARCH")
    return text

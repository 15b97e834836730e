"""What the command line prints: text for people, JSON for programs."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence

from cdk_ecr_public_pull.dockerfile.edits import Edit
from cdk_ecr_public_pull.dockerfile.findings import Finding, Severity, escape_controls
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.pulls import FoundPulls, Pull
from cdk_ecr_public_pull.images.mirrors import Resolution

JSON_VERSION = 1


def edit_as_json(edit: Edit | None, positions: Positions) -> dict[str, object] | None:
    """Describe a change.

    Args:
        edit: The change, or None.
        positions: The file that it changes.

    Returns:
        ``{"line", "column", "span": [start, end], "text"}``, or None.
    """
    if edit is None:
        return None
    place = positions.at(edit.start)
    return {
        "line": place.line,
        "column": place.column,
        "span": [edit.start, edit.end],
        "text": edit.replacement,
    }


def finding_as_json(finding: Finding, positions: Positions) -> dict[str, object]:
    """Describe a finding.

    Args:
        finding: The finding.
        positions: The file that it was found in.

    Returns:
        ``{"rule", "severity", "path", "line", "column", "end_line", "end_column",
        "message", "help", "edit"}``.
    """
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "help": finding.help,
        "edit": edit_as_json(finding.edit, positions),
    }


def pulls_as_json(
    path: str,
    found: FoundPulls,
    resolved: Sequence[tuple[Pull, Resolution, Edit | None]],
    positions: Positions,
) -> dict[str, object]:
    """Describe the pulls of a file.

    Args:
        path: The file, as it was named.
        found: Its pulls.
        resolved: Each pull, with where its copy is and the change that moves it.
        positions: The file.

    Returns:
        ``{"path", "error": {"line", "message"} or None, "pulls": [...]}``.
    """
    error = {"line": found.error.line, "message": found.error.message} if found.error else None
    return {
        "path": path,
        "error": error,
        "pulls": [
            {
                "image": str(pull.image),
                "via": pull.via,
                "written": pull.written,
                "line": pull.line,
                "column": pull.column,
                "span": [pull.span.start, pull.span.end],
                "stage": pull.stage,
                "stage_name": pull.stage_name,
                "reachable": pull.reachable,
                "deferred": pull.deferred,
                "verdict": resolution.verdict,
                "replacement": str(resolution.replacement) if resolution.replacement else None,
                "reason": resolution.reason,
                "edit": edit_as_json(edit, positions),
            }
            for pull, resolution, edit in resolved
        ],
    }


def pull_as_text(path: str, pull: Pull, resolution: Resolution) -> str:
    """One line about a pull: where, what, and where its copy is."""
    copy = resolution.replacement or resolution.verdict.replace("_", " ")
    notes = [pull.via.value]
    if pull.deferred:
        notes.append("deferred")
    elif not pull.reachable:
        notes.append("not in this build")
    return escape_controls(
        f"{path}:{pull.line}:{pull.column}: {pull.image} -> {copy} ({', '.join(notes)})"
    )


def diff(path: str, before: bytes, after: bytes) -> str:
    """The changed lines of a file, as a unified diff.

    Args:
        path: The file, as it was named.
        before: Its content.
        after: Its new content.
    """
    old, new = (
        content.decode("utf-8", "backslashreplace").replace("\r\n", "\n").removesuffix("\n")
        for content in (before, after)
    )
    name = escape_controls(path)
    lines = difflib.unified_diff(
        old.split("\n"), new.split("\n"), f"a/{name}", f"b/{name}", n=1, lineterm=""
    )
    # A tab is no danger to a terminal, and part of the line.
    return "".join("\t".join(map(escape_controls, line.split("\t"))) + "\n" for line in lines)


def summary(findings: Iterable[Finding], files: int) -> str:
    """How many findings of each severity there are, in how many files."""
    found = list(findings)
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    warnings = len(found) - errors
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')} in {_count(files, 'file')}"


def as_json(document: dict[str, object]) -> str:
    """A JSON document on one line, in ASCII."""
    return json.dumps({"version": JSON_VERSION, **document})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

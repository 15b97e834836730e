"""What programs read. The keys are stable: there may be more of them, never others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdk_ecr_public_pull.dockerfile.edits import Edit
from cdk_ecr_public_pull.dockerfile.findings import Finding
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.pulls import FoundPulls, Pull
from cdk_ecr_public_pull.images.mirrors import Resolution


def findings_as_json(findings: Sequence[Finding], content: bytes) -> str:
    """Describe findings.

    Args:
        findings: The findings of a file.
        content: Its content.

    Returns:
        An object for each, with ``, `` between them: ``{"rule", "severity", "path",
        "line", "column", "end_line", "end_column", "message", "help", "edit"}``.
    """
    positions = Positions(content)
    return ", ".join(
        json.dumps(
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "path": finding.path,
                "line": finding.line,
                "column": finding.column,
                "end_line": finding.end_line,
                "end_column": finding.end_column,
                "message": _text(finding.message),
                "help": _text(finding.help),
                "edit": _edit(finding.edit, positions),
            }
        )
        for finding in findings
    )


def pulls_as_json(
    name: str,
    content: bytes,
    found: FoundPulls,
    resolved: Sequence[tuple[Pull, Resolution]],
    edits: Mapping[int, Edit],
) -> str:
    """Describe the pulls of a file.

    Args:
        name: The file.
        content: Its content.
        found: Its pulls.
        resolved: Each pull, with where its copy is.
        edits: The changes that move them, by the first byte of the pull's word.

    Returns:
        ``{"path", "error": {"line", "message"} or null, "pulls": [...]}``.
    """
    positions = Positions(content)
    error = (
        {"line": found.error.line, "message": _text(found.error.message)} if found.error else None
    )
    pulls = [
        {
            "image": str(pull.image),
            "via": pull.via,
            "written": _text(pull.written),
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
            "edit": _edit(edits.get(pull.span.start), positions),
        }
        for pull, resolution in resolved
    ]
    return json.dumps({"path": name, "error": error, "pulls": pulls})


def _text(text: str) -> str:
    """Text that every reader of JSON takes: what is not UTF-8 in the file becomes U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _edit(edit: Edit | None, positions: Positions) -> dict[str, object] | None:
    if edit is None:
        return None
    place = positions.at(edit.start)
    return {
        "line": place.line,
        "column": place.column,
        "span": [edit.start, edit.end],
        "text": edit.replacement,
    }

"""What programs read. The keys are stable: there may be more of them, never others."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdk_ecr_public_pull.report.edit import Edit
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.locations import Locations


def findings_as_json(findings: Sequence[Finding], content: bytes) -> str:
    """Describe findings.

    Args:
        findings: The findings of a file.
        content: Its content.

    Returns:
        An object for each, with ``, `` between them: ``{"rule", "severity", "path",
        "line", "column", "end_line", "end_column", "message", "help", "edit"}``.
    """
    locations = Locations(content)
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
                "message": json_text(finding.message),
                "help": json_text(finding.help),
                "edit": json_edit(finding.edit, locations),
            }
        )
        for finding in findings
    )


def json_text(text: str) -> str:
    """Text that every reader of JSON takes: what is not UTF-8 in the file becomes U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def json_edit(edit: Edit | None, locations: Locations) -> dict[str, object] | None:
    """An edit as an object: ``{"line", "column", "span", "text"}``; None for none."""
    if edit is None:
        return None
    place = locations.at(edit.start)
    return {
        "line": place.line,
        "column": place.column,
        "span": [edit.start, edit.end],
        "text": edit.replacement,
    }

"""The pulls of a file, as programs read them; the keys are as stable as those of findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cdk_ecr_public_pull.dockerfile.pulls import FoundPulls, Pull
from cdk_ecr_public_pull.images.mirrors import Resolution
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.formats.json import json_edit, json_text
from cdk_ecr_public_pull.report.locations import Locations


def pulls_as_json(
    name: str,
    content: bytes,
    found: FoundPulls,
    resolved: Sequence[tuple[Pull, Resolution]],
    findings: Iterable[Finding],
) -> str:
    """Describe the pulls of a file.

    Args:
        name: The file.
        content: Its content.
        found: Its pulls.
        resolved: Each pull, with where its copy is.
        findings: The findings about the file, some with the change that moves a pull.

    Returns:
        ``{"path", "error": {"line", "message"} or null, "pulls": [...]}``.
    """
    locations = Locations(content)
    edits = {(it.line, it.column): it.edit for it in findings if it.edit is not None}
    error = None
    if found.error is not None:
        error = {"line": found.error.line, "message": json_text(found.error.message)}
    pulls = [
        {
            "image": str(pull.image),
            "via": pull.via,
            "written": json_text(pull.written),
            "line": pull.line,
            "column": pull.column,
            "span": [pull.span.start, pull.span.end],
            "stage": pull.stage,
            "stage_name": pull.stage_name,
            "reachable": pull.reachable,
            "deferred": pull.deferred,
            "unresolved": list(pull.unresolved),
            "verdict": resolution.verdict,
            "replacement": str(resolution.replacement) if resolution.replacement else None,
            "reason": resolution.reason,
            "edit": json_edit(edits.get((pull.line, pull.column)), locations),
        }
        for pull, resolution in resolved
    ]
    return json.dumps({"path": name, "error": error, "pulls": pulls})

"""Findings as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.locations import Locations

_TAB_WIDTH = 4


def render_all(findings: Iterable[Finding], content: bytes) -> str:
    """Write findings out, as ``render`` does, each with a line feed behind it.

    Args:
        findings: The findings.
        content: The file that they were found in.
    """
    locations = Locations(content)
    return "".join(f"{render(finding, locations)}\n" for finding in findings)


def render(finding: Finding, locations: Locations) -> str:
    r"""Write a finding out, with the line it is on and a mark under the place.

    Args:
        finding: The finding.
        locations: The file that it was found in.

    Returns:
        Lines of text: ``path:line:column: severity: message [rule]``, the source line,
        a mark under it, and the remedy.
    """
    source = locations.line(finding.line)
    before = source[: finding.column - 1].expandtabs(_TAB_WIDTH)
    marked = source[finding.column - 1 :]
    if finding.end_line == finding.line:
        marked = marked[: finding.end_column - finding.column]
    marked = marked.expandtabs(_TAB_WIDTH)
    place = f"{finding.path}:{finding.line}:{finding.column}"
    indent = " " * _width(before)
    lines = [
        f"{place}: {finding.severity}: {finding.message} [{finding.rule}]",
        f"  {source.expandtabs(_TAB_WIDTH)}",
        f"  {indent}{'^' * max(1, _width(marked))}",
        f"  help: {finding.help}",
    ]
    return "\n".join(map(escape_controls, lines))


def _width(text: str) -> int:
    """How many cells of a terminal a text takes that is printed by way of ``escape_controls``."""
    if text.isascii():
        return len(escape_controls(text))
    from unicodedata import category, east_asian_width  # noqa: PLC0415  (few lines need it, and the import takes time)

    return sum(
        0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "FW" else 1
        for char in escape_controls(text)
    )

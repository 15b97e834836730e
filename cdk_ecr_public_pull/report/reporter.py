"""How findings are made, unless their rule is off, or a comment ignores it there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.report.locations import Location, Locations, Span
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings

if TYPE_CHECKING:
    from cdk_ecr_public_pull.report.edit import Edit
    from cdk_ecr_public_pull.report.finding import Finding

_COMMENT = rb"(?m)^[ \t]*#[ \t]*ecr-public-pull:[^\n\r]*"
_IGNORE = r"[ \t]*#[ \t]*ecr-public-pull:[ \t]*ignore\[([^\]]*)\]"


class Reporter:
    """Makes the findings about one file.

    Attributes:
        findings: Those that were made so far.
        locations: The lines of the file.
    """

    def __init__(self, content: bytes, *, path: str, settings: RuleSettings) -> None:
        """Begin with no finding.

        Args:
            content: The file.
            path: The file, as it was named.
            settings: The rules' severities.
        """
        self.findings: list[Finding] = []
        self.path = path
        self.locations = Locations(content)
        self.settings = settings
        has_mark = b"ecr-public-pull:" in content
        self._comments = tuple(re.finditer(_COMMENT, content)) if has_mark else ()
        self._ignored = {self.locations.at(it.start()).line: _names_in(it) for it in self._comments}
        self._used: set[tuple[int, str]] = set()

    def ignores(self, rule: Rule, line: int) -> bool:
        """Whether the line above says ``# ecr-public-pull: ignore[rule] reason``.

        Args:
            rule: The rule of a finding.
            line: The line that it is on.
        """
        if rule not in self._ignored.get(line - 1, ()):
            return False
        self._used.add((line - 1, rule))
        return True

    def wants_pull(self, offset: int) -> bool:
        """Whether a pull from Docker Hub is to be reported, and so moved.

        Args:
            offset: The byte at which it is named.
        """
        rule = Rule.DOCKER_HUB_PULL
        if self._ignored and self.ignores(rule, self.locations.at(offset).line):
            return False
        return self.settings.severity(rule) is not None

    def at(
        self, span: Span, rule: Rule, message: str, remedy: str, edit: Edit | None = None
    ) -> None:
        """Make a finding about bytes of the file.

        Args:
            span: The bytes.
            rule: What it is about.
            message: What is wrong, as a sentence without a full stop.
            remedy: What to do about it.
            edit: The change that mends it.
        """
        ends = self.locations.at(span.start), self.locations.at(span.end)
        self._between(ends, rule, message, remedy, edit)

    def to_line_end(self, start: Location, rule: Rule, message: str, remedy: str) -> None:
        """Make a finding about the rest of a line.

        Args:
            start: Where it begins.
            rule: What it is about.
            message: What is wrong, as a sentence without a full stop.
            remedy: What to do about it.
        """
        end = Location(start.line, len(self.locations.line(start.line)) + 1)
        self._between((start, end), rule, message, remedy)

    def _between(
        self,
        ends: tuple[Location, Location],
        rule: Rule,
        message: str,
        remedy: str,
        edit: Edit | None = None,
    ) -> None:
        start, end = ends
        severity = self.settings.severity(rule)
        if self.ignores(rule, start.line) or severity is None:
            return
        from cdk_ecr_public_pull.report.finding import Finding  # noqa: PLC0415  (where nothing is to be said a command starts faster)

        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                path=self.path,
                line=start.line,
                column=start.column,
                end_line=end.line,
                end_column=end.column,
                message=message,
                help=remedy,
                edit=edit,
            )
        )

    def report_unused_ignores(self) -> None:
        """Make the findings about comments that ignore nothing, after all others."""
        for comment in self._comments:
            names = self._ignored[self.locations.at(comment.start()).line]
            if not names:
                self._unused(comment, "this comment names no rule, and ignores nothing")
            for name in names:
                if name not in tuple(Rule):
                    self._unused(comment, f"there is no rule {name}")
                elif name != Rule.UNUSED_IGNORE:
                    self._not_used(comment, name)
        # One that ignores such a finding is used only now.
        for comment in self._comments:
            self._not_used(comment, Rule.UNUSED_IGNORE)

    def _not_used(self, comment: re.Match[bytes], name: str) -> None:
        line = self.locations.at(comment.start()).line
        if name in self._ignored[line] and (line, name) not in self._used:
            message = f"the line below has no finding of {name} to ignore"
            self._unused(comment, message)

    def _unused(self, comment: re.Match[bytes], message: str) -> None:
        remedy = 'write "# ecr-public-pull: ignore[rule] reason", or take the comment away'
        start = comment.end() - len(comment[0].lstrip())
        self.at(Span(start, comment.end()), Rule.UNUSED_IGNORE, message, remedy)


def _names_in(comment: re.Match[bytes]) -> tuple[str, ...]:
    match = re.match(_IGNORE, comment[0].decode("utf-8", "replace"))
    return tuple(re.findall(r"[^\s,]+", match[1])) if match else ()

"""A finding with the construct that it belongs to, as a policy plugin reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_ecr_public_pull.report.rules import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a finding belongs to.

    Attributes:
        path: The construct's path.
        stack: The path of the stack that the command line knows it by.
        is_hidden: Whether a plain ``cdk synth`` shows nothing of that stack.
        template: The template that the construct is in.
        logical_id: The logical id of the resource there, or None if it is no resource.
        location: The property, such as ``Properties.Source.BuildSpec``.
    """

    path: str
    stack: str
    is_hidden: bool
    template: str
    logical_id: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructFinding:
    """Something that a report is to say.

    Attributes:
        rule: The rule's id, without the plugin's name.
        severity: How grave it is.
        description: What is wrong, and where.
        fix: What to do about it, in lines.
        owner: What it belongs to; None for the app.
        metadata: For programs: the file, line and column.
    """

    rule: str
    severity: Severity
    description: str
    fix: str
    owner: Owner | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, Severity, str, str]:
        """What is the same of all findings that are one violation."""
        return self.rule, self.severity, self.description, self.fix

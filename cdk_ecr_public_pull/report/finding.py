"""What is said about a Dockerfile, and where."""

from __future__ import annotations

from typing import NamedTuple

from cdk_ecr_public_pull.report.edit import Edit
from cdk_ecr_public_pull.report.rules import Rule, Severity


class Finding(NamedTuple):
    """Something about a Dockerfile that its author should know.

    Attributes:
        rule: What it is about.
        severity: How grave it is.
        path: The file, as it was named.
        line: Where it begins: the line, from 1.
        column: The column in characters, from 1.
        end_line: Where it ends.
        end_column: The column after its last character.
        message: What is wrong, as a sentence without a full stop.
        help: What to do about it.
        edit: The change that mends it, or None if there is none.
    """

    rule: Rule
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    help: str
    edit: Edit | None = None

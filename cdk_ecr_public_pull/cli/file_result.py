"""What came of one file, and of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.cli.console import complaint
from cdk_ecr_public_pull.cli.statuses import FOUND, OK, UNUSABLE
from cdk_ecr_public_pull.errors import EcrPublicPullError
from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk_ecr_public_pull.report.finding import Finding


class FileResult(NamedTuple):
    """What came of one file: ready to be printed, and small enough to be sent by a worker.

    Attributes:
        output: What goes to the standard output.
        messages: What goes to the standard error.
        errors: How many findings are errors.
        warnings: How many are warnings.
        fixable: How many ``fix`` would mend.
        is_changed: Whether the file was changed, or would be.
        is_usable: Whether the file could be read, and written if it had to be.
        undeclared: The build arguments that it does not declare.
    """

    output: str = ""
    messages: str = ""
    errors: int = 0
    warnings: int = 0
    fixable: int = 0
    is_changed: bool = False
    is_usable: bool = True
    undeclared: frozenset[str] = frozenset()


Work = Callable[[str], FileResult]
"""What is done with a file, whose name it gets."""


class Tally:
    """The results so far, in numbers.

    Attributes:
        files: How many files could be used.
        errors: How many findings are errors.
        warnings: How many are warnings.
        fixable: How many ``fix`` would mend.
        changed: How many files were changed.
        has_unusable: Whether something could not be used.
        undeclared: The build arguments that none of the files declares.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.files = self.errors = self.warnings = self.fixable = self.changed = 0
        self.has_unusable = False
        self.undeclared: frozenset[str] = frozenset()

    def add(self, result: FileResult) -> None:
        """Count what came of a file."""
        if result.is_usable:
            is_first = self.files == 0
            others = result.undeclared if is_first else self.undeclared
            self.undeclared = result.undeclared & others
        self.files += result.is_usable
        self.errors += result.errors
        self.warnings += result.warnings
        self.fixable += result.fixable
        self.changed += result.is_changed
        self.has_unusable = self.has_unusable or not result.is_usable

    @property
    def status(self) -> int:
        """The exit status."""
        if self.has_unusable:
            return UNUSABLE
        return FOUND if self.errors else OK

    def __str__(self) -> str:
        """How many findings of each severity there are, in how many files."""
        return (
            f"{count(self.errors, 'error')}, {count(self.warnings, 'warning')} "
            f"in {count(self.files, 'file')}"
        )


def attempt(work: Work, name: str) -> FileResult:
    """Work on a file, and turn what goes wrong into a result.

    Args:
        work: What to do.
        name: The file.
    """
    try:
        return work(name)
    except EcrPublicPullError as error:
        return FileResult(is_usable=False, messages=complaint(str(error)))
    except Exception as error:  # noqa: BLE001  (a fault at one file must not hide the others)
        cause = f"{type(error).__name__}: {error}"
        text = f"{escape_controls(name)}: a fault of this program, please report it: {cause}"
        return FileResult(is_usable=False, messages=complaint(text))


def result_of(
    findings: Iterable[Finding], *, output: str = "", messages: str = "", is_changed: bool = False
) -> FileResult:
    """The result of a file with findings.

    Args:
        findings: The findings.
        output: What goes to the standard output.
        messages: What goes to the standard error.
        is_changed: Whether the file was changed, or would be.
    """
    found = list(findings)
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    return FileResult(
        output=output,
        messages=messages,
        errors=errors,
        warnings=len(found) - errors,
        fixable=sum(finding.edit is not None for finding in found),
        is_changed=is_changed,
    )


def count(number: int, noun: str) -> str:
    """A number and its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

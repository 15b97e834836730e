"""The errors of this package: one base class, one class for each cause.

Every message says what is wrong, where it is, and what to do about it, so that
a caller may print ``str(error)`` and nothing else.
"""

from __future__ import annotations


class EcrPublicPullError(Exception):
    """Base class of every error that this package raises on purpose."""


class InvalidReference(EcrPublicPullError):
    """A text is not an image reference."""


class InvalidConfig(EcrPublicPullError):
    """A configuration file, or a value that stands for one, cannot be used."""


class InvalidBuildSpec(EcrPublicPullError):
    """A buildspec cannot be read, or cannot be merged without losing something.

    Args:
        message: What is wrong, where, and the remedy.
        rule: The name of the cause, in the warning at a project that is passed over for it.
    """

    def __init__(self, message: str, *, rule: str = "invalid-build-spec") -> None:
        super().__init__(message)
        self.rule = rule


class UnusableFile(EcrPublicPullError):
    """A file or folder that was named cannot be read, or must not be written."""


class UnsupportedProject(EcrPublicPullError):
    """A CodeBuild project cannot do what was asked of it (it has no Docker, say).

    Args:
        message: What is wrong, where, and the remedy.
        rule: The name of the cause, in the warning at a project that is passed over for it.
    """

    def __init__(self, message: str, *, rule: str = "unsupported-project") -> None:
        super().__init__(message)
        self.rule = rule

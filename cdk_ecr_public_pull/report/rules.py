"""What is looked for, and how grave it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How grave a finding is: an error fails a check, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """What a finding is about."""

    DOCKER_HUB_PULL = "docker-hub-pull"
    WITHDRAWN_IMAGE = "withdrawn-image"
    INVALID_DOCKERFILE = "invalid-dockerfile"
    NO_MIRROR = "no-mirror"
    UNKNOWN_IMAGE = "unknown-image"
    SYNTAX_FRONTEND = "syntax-frontend"
    DIGEST_PIN = "digest-pin"
    NEEDS_BUILD_ARG = "needs-build-arg"
    AMBIGUOUS_ARG = "ambiguous-arg"
    ARG_REACHES_STAGE = "arg-reaches-stage"
    ONBUILD_AMBIGUOUS = "onbuild-ambiguous"
    FOREIGN_FRONTEND = "foreign-frontend"
    UNUSED_IGNORE = "unused-ignore"


_ERRORS = frozenset({Rule.DOCKER_HUB_PULL, Rule.WITHDRAWN_IMAGE, Rule.INVALID_DOCKERFILE})


class RuleSettings(NamedTuple):
    """How grave each rule's findings are.

    Attributes:
        severities: The rules that differ from their defaults; None turns one off.
    """

    severities: Mapping[Rule, Severity | None] = {}

    def severity(self, rule: Rule) -> Severity | None:
        """The severity of a rule's findings; None if it is off."""
        default = Severity.ERROR if rule in _ERRORS else Severity.WARNING
        return self.severities.get(rule, default)

"""What BuildKit makes of a source policy, for tests.

It follows ``sourcepolicy/engine.go``, ``matcher.go`` and ``mutate.go`` of
https://github.com/moby/buildkit for REGEX selectors; tests/engine/ holds it against the
real one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MOST_CONVERSIONS = 20
_PLACE = re.compile(r"\$\{([0-9]+)\}")


class Denied(Exception):
    """The policy denies the source."""


def evaluate(policy: Mapping[str, Any], identifier: str) -> str:
    """The identifier of what is pulled in the place of an image.

    Args:
        policy: The policy.
        identifier: ``docker-image://`` and a full name with tag or digest.

    Raises:
        Denied: The policy denies it.
        RecursionError: It is converted more often than BuildKit allows.
    """
    # The engine keeps a selector for each type and identifier: the first that it meets.
    selectors: dict[tuple[str, str], Mapping[str, Any]] = {}
    attrs: dict[str, str] = {}
    for _ in range(_MOST_CONVERSIONS + 1):
        converted = _evaluate_once(policy, identifier, attrs, selectors)
        if converted is None:
            return identifier
        identifier = converted
    raise RecursionError(identifier)


def _evaluate_once(
    policy: Mapping[str, Any],
    identifier: str,
    attrs: dict[str, str],
    selectors: dict[tuple[str, str], Mapping[str, Any]],
) -> str | None:
    """What the first rule that changes something makes of it; ``attrs`` are changed in place."""
    is_denied = False
    for rule in policy["rules"]:
        key = (rule["selector"]["match_type"], rule["selector"]["identifier"])
        selector = selectors.setdefault(key, rule["selector"])
        match = _match(selector, identifier, attrs)
        if match is None:
            continue
        if rule["action"] != "CONVERT":
            is_denied = rule["action"] == "DENY"
            continue
        updates = rule["updates"]
        converted = _expand(updates["identifier"], match)
        changed = {k: v for k, v in updates.get("attrs", {}).items() if attrs.get(k) != v}
        attrs.update(changed)
        if changed or converted != identifier:
            return converted
    if is_denied:
        raise Denied(identifier)
    return None


def _expand(template: str, match: re.Match[str]) -> str:
    return _PLACE.sub(lambda place: match[int(place[1])] or "", template)


def _match(
    selector: Mapping[str, Any], identifier: str, attrs: Mapping[str, str]
) -> re.Match[str] | None:
    assert selector["match_type"] == "REGEX"
    for constraint in selector.get("constraints", ()):
        assert constraint["condition"] == "NOTEQUAL"
        if attrs.get(constraint["key"]) == constraint["value"]:
            return None
    return re.search(selector["identifier"], identifier)

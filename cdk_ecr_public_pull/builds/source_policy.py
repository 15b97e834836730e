"""BuildKit source policies: which image is pulled in the place of another.

A policy is a list of rules, which BuildKit reads each time that a build wants a
source. The first CONVERT rule that fits and changes something ends the reading, and
what came of it is read against all rules again; if none does, the last ALLOW or DENY
that fits decides, and without one the source is allowed. See ``sourcepolicy/engine.go``
and ``docs/build-repro.md`` of https://github.com/moby/buildkit (0.11.7 and newer).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cdk_ecr_public_pull.images.declared import ImagePattern
from cdk_ecr_public_pull.images.mirrors import Mirrors, official_images, unseen_copies
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, IMAGE_SCHEME, ImageReference


class HubPulls(StrEnum):
    """What a build does about the images that it would pull from Docker Hub."""

    REDIRECT = "redirect"
    """It pulls the copy of an image that has one, and any other from Docker Hub: by a registry
    mirror where the engine takes one, and else by a source policy."""

    SOURCE_POLICY = "source-policy"
    """As REDIRECT, but always by a source policy: a tag without a copy fails the build, no name
    of a private image is asked at the copy, and log and provenance name what was pulled."""

    ENFORCE = "enforce"
    """It pulls the copy, and stops at an image without one before Docker Hub is asked."""

    AS_WRITTEN = "as-written"
    """It pulls what the Dockerfile says."""


POLICY_VARIABLE = "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY"
"""The variable that names a build's policy file."""

_HUB = f"^{IMAGE_SCHEME}docker[.]io/"
_VERSION = "([:@].+)"
"""What follows a repository: BuildKit asks for no image without a tag or a digest."""

# RE2 cannot say "node, but not node:custom". So an image that is left alone gets this
# attribute, which means nothing to BuildKit, and the rules that follow pass over what has it.
_AS_WRITTEN = {"ecr-public-pull.as-written": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _PolicyRule:
    """A rule; all are REGEX, because an EXACT one that converts can name no other image.

    BuildKit keeps one selector for each identifier, whatever its constraints: no two
    rules have the same.
    """

    action: str
    identifier: str
    copy: str | None = None
    attrs: dict[str, str] | None = None

    def as_json(self, *, constraints: list[dict[str, str]]) -> dict[str, object]:
        selector = {"match_type": "REGEX", "identifier": self.identifier}
        rule: dict[str, object] = {
            "action": self.action,
            "selector": {**selector, "constraints": constraints} if constraints else selector,
        }
        if self.copy is not None:
            attrs = {"attrs": self.attrs} if self.attrs else {}
            rule["updates"] = {"identifier": self.copy, **attrs}
        return rule


def source_policy(
    mirrors: Mirrors,
    *,
    hub_pulls: HubPulls = HubPulls.REDIRECT,
    allow: Iterable[str] = (),
) -> dict[str, object]:
    """Make the BuildKit source policy that moves a build's pulls to their copies.

    What has no copy where the policy sends it fails the build. So an official image whose
    copy nobody was seen to use stays, unless ``mirrors`` names that copy.

    Args:
        mirrors: Which images have copies, and where; its local images are left alone.
        hub_pulls: With ENFORCE, all that would be left on Docker Hub is denied; AS_WRITTEN
            is a policy without rules; the others are the same here.
        allow: Images, or patterns of them such as ``myorg/*``, that are pulled as they
            are written: neither moved nor denied. None is by default, and so not the
            ``docker/dockerfile`` of ``# syntax=`` either: its pull is one that Docker Hub
            counts and refuses like any other, and without the line BuildKit uses the
            frontend that it has built in.

    Returns:
        The policy, as JSON has it::

            {"version": 1, "rules": [
                {"action": "CONVERT",
                 "selector": {"match_type": "REGEX", "identifier": "^docker-image://…$"},
                 "updates": {"identifier": "docker-image://…${1}"}},
                {"action": "DENY", "selector": {…}}]}

    Raises:
        InvalidConfig: An image in ``allow`` is no name and no pattern of one.
    """
    allowed = [ImagePattern.parse(text, what="allowed image") for text in allow]
    if hub_pulls is HubPulls.AS_WRITTEN:
        return {"version": 1, "rules": []}
    rules = [*_declared(mirrors), *_catalog(mirrors)]
    if hub_pulls is HubPulls.ENFORCE:
        rules.append(_PolicyRule(action="DENY", identifier=_HUB))
    return _policy(rules, kept=[*mirrors.local_patterns(), *allowed])


def declared_policy(mirrors: Mirrors) -> dict[str, object] | None:
    """Make the source policy of the copies that are declared, and of no others.

    Args:
        mirrors: As for ``source_policy``.

    Returns:
        The policy, or None where no copy is declared.
    """
    rules = list(_declared(mirrors))
    return _policy(rules, kept=mirrors.local_patterns()) if rules else None


def _policy(rules: Iterable[_PolicyRule], *, kept: Sequence[ImagePattern]) -> dict[str, object]:
    if not kept:
        return {"version": 1, "rules": [rule.as_json(constraints=[]) for rule in rules]}
    others = [
        {"key": key, "value": value, "condition": "NOTEQUAL"} for key, value in _AS_WRITTEN.items()
    ]
    marking = _marking(kept).as_json(constraints=[])
    return {
        "version": 1,
        "rules": [marking, *(rule.as_json(constraints=others) for rule in rules)],
    }


def _marking(patterns: Iterable[ImagePattern]) -> _PolicyRule:
    choice = "|".join(dict.fromkeys(map(_expression, patterns)))
    identifier = f"^{IMAGE_SCHEME}(?:{choice})$"
    # Without a copy to go to, BuildKit would take the selector's identifier, an expression.
    return _PolicyRule(action="CONVERT", identifier=identifier, copy="${0}", attrs=_AS_WRITTEN)


def _declared(mirrors: Mirrors) -> Iterator[_PolicyRule]:
    for name, copy in mirrors.declared_copies():
        rest = "(.+)" if name.endswith("/") else _VERSION
        yield _conversion(f"^{IMAGE_SCHEME}{_literal(name)}{rest}$", f"{copy}${{1}}")


def _catalog(mirrors: Mirrors) -> Iterator[_PolicyRule]:
    """One rule for each place where copies of official images are; there is one, as a rule."""
    declared = [name for name, _ in mirrors.declared_copies()]
    # Local images are a matter of the marking.
    without_local = Mirrors(mirrors=mirrors.mirrors)
    names_at: dict[str, list[str]] = {}
    for name in sorted(official_images() - unseen_copies()):
        reference = ImageReference(registry=DOCKER_HUB, repository=f"library/{name}")
        copy = without_local.resolve(reference).replacement
        if copy is None or any(_covers(key, reference.name) for key in declared):
            continue
        place, _, last = copy.name.rpartition("/")
        if last == name:
            names_at.setdefault(place, []).append(name)
        else:
            # The copy has a declared copy, under a name of its own.
            yield _conversion(f"{_HUB}library/{_literal(name)}{_VERSION}$", f"{copy.name}${{1}}")
    for place, names in names_at.items():
        choice = "|".join(map(_literal, names))
        yield _conversion(f"{_HUB}library/((?:{choice})[:@].+)$", f"{place}/${{1}}")


def _covers(key: str, name: str) -> bool:
    return name.startswith(key) if key.endswith("/") else name == key


def _conversion(identifier: str, copy: str) -> _PolicyRule:
    return _PolicyRule(action="CONVERT", identifier=identifier, copy=f"{IMAGE_SCHEME}{copy}")


def _expression(pattern: ImagePattern) -> str:
    # The only colon in a name is that of a port, at the end of the registry.
    registry = _glob(pattern.registry, star="[^:@]*(?::[0-9]+(?:/[^:@]*)?)?")
    name = f"{registry}/{_glob(pattern.repository, star='[^:@]*')}"
    if pattern.tag is None:
        return f"{name}[:@].+"
    tag = _glob(pattern.tag, star="[^@]*")
    # An image that is named by its digest alone counts as its latest.
    is_latest = re.fullmatch(tag, "latest") is not None
    return f"{name}:{tag}(?:@.+)?" + (f"|{name}@.+" if is_latest else "")


def _glob(pattern: str, *, star: str) -> str:
    return star.join(map(_literal, pattern.split("*")))


def _literal(text: str) -> str:
    # In brackets a dot needs no backslash, of which JSON in a shell line in JSON makes four.
    return re.escape(text).replace(r"\.", "[.]").replace(r"\-", "-")

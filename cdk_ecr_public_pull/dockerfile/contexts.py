"""Which named build contexts make a build pull its images from their copies.

``docker build --build-context NAME=docker-image://COPY`` moves a pull without a change
to the Dockerfile. How names are matched is ``NamedContext`` in
``frontend/dockerui/config.go`` and its uses in
``frontend/dockerfile/dockerfile2llb/convert.go`` of https://github.com/moby/buildkit;
``docker build`` normalizes the names that it is given in the same way:

- A name is that of an image, in its familiar form and without ``:latest``:
  ``docker.io/library/node:latest`` and ``node`` are the same.
- Each image that the build is about to pull, in FROM, COPY ``--from`` or a mount, is
  looked for by its name after expansion, with its tag and digest.
- Before that, each stage that has a name is looked for by it: a context of that name
  takes the place of the whole stage, and nothing says so.
- The syntax image is looked for since BuildKit 0.12
  (https://github.com/moby/buildkit/pull/3633). Older ones pull it all the same, so that
  none is planned for it.
- A frontend that does not know contexts refuses the build: see ``frontends.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.moves import Via, context_name
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.quick_contexts import contexts_quickly
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors, default_mirrors
from cdk_ecr_public_pull.images.reference import IMAGE_SCHEME, ImageReference
from cdk_ecr_public_pull.report.rules import RuleSettings

# As in typing, whose import would make every start slower.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cdk_ecr_public_pull.dockerfile.moves import Decision
    from cdk_ecr_public_pull.dockerfile.pulls import Pull
    from cdk_ecr_public_pull.report.finding import Finding

# Where the platform is the building machine's: the two that CodeBuild has Docker on.
_BUILDING_MACHINES = (DEFAULT_PLATFORM, "linux/arm64")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContexts:
    """The build contexts that move the pulls of a Dockerfile.

    Attributes:
        contexts: The contexts, sorted by name: ``{"node:21":
            "docker-image://public.ecr.aws/docker/library/node:21"}``.
        findings: What remains to be said: what no context moves, and what a context
            brings with it.
    """

    contexts: Mapping[str, str]
    findings: tuple[Finding, ...]


def plan_contexts(
    content: bytes,
    *,
    path: str = "Dockerfile",
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str | None = None,
    given: Iterable[str] = (),
) -> PlannedContexts:
    """Find the build contexts that make a build pull its images from their copies.

    Only images that the build pulls get one. None is planned whose name is also that of
    a stage of the file, because it would take the stage's place; none at all if the file's
    ``# syntax=`` names a frontend that may not take them, unless contexts are given.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out. What a rule that
            is off, or ignored at its place, would report is not moved either.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; the last one if left out.
        platform: The platform to build for, or several with commas, as ``--platform``
            has them. If left out, the contexts are those for linux/amd64 and linux/arm64,
            so that they are the same on every machine; the findings are those for
            linux/amd64.
        given: The names of the contexts that the build has already. What they replace
            is neither moved nor reported.

    Returns:
        The contexts and findings; no contexts for a file that BuildKit refuses.
    """
    mirrors, settings = mirrors or default_mirrors(), settings or RuleSettings()
    given_names = frozenset(_by_name(given))
    is_default_build = not build_args and target is None and not given_names
    if is_default_build and platform in (None, *_BUILDING_MACHINES) and settings.wants_pulls:
        contexts = contexts_quickly(content, mirrors)
        if contexts is not None:
            return PlannedContexts(contexts=dict(sorted(contexts.items())), findings=())
    # Imported when it is needed: it imports most of what reads Dockerfiles.
    from cdk_ecr_public_pull.dockerfile.long_contexts import plan_thoroughly  # noqa: PLC0415

    outcomes = plan_thoroughly(
        content,
        path=path,
        mirrors=mirrors,
        settings=settings,
        build_args=build_args or {},
        target=target,
        platforms=platform.split(",") if platform else _BUILDING_MACHINES,
        given=given_names,
    )
    told = outcomes if platform else outcomes[:1]
    contexts = dict(pair for outcome in outcomes for pair in _contexts(outcome.decisions))
    findings = dict.fromkeys(it for outcome in told for it in outcome.findings(tell_mended=False))
    return PlannedContexts(
        contexts=dict(sorted(contexts.items())),
        findings=tuple(sorted(findings, key=lambda it: (it.line, it.column))),
    )


def replaced_by(pull: Pull, names: Iterable[str]) -> str | None:
    """Find the build context that BuildKit uses instead of pulling an image.

    Args:
        pull: A pull, as ``find_pulls`` finds it. Of the syntax image it is said what
            BuildKit 0.12 and newer do.
        names: The names of the build's contexts, as ``--build-context`` has them. One
            that is no image name matches nothing: ``docker build`` refuses it.

    Returns:
        The name among ``names``, or None if the image is pulled.
    """
    by_name = _by_name(names)
    if pull.via is Via.FROM and pull.stage_name in by_name:
        return by_name[pull.stage_name]
    return by_name.get(context_name(pull.image))


def _by_name(names: Iterable[str]) -> dict[str, str]:
    """The names by what BuildKit makes of them; of two that are the same, the last counts."""
    found = {}
    for name in names:
        try:
            found[context_name(ImageReference.parse(name))] = name
        except InvalidReference:
            continue
    return found


def _contexts(decisions: Iterable[Decision]) -> Iterator[tuple[str, str]]:
    for decision in decisions:
        copy, move = decision.resolution.replacement, decision.move
        if copy is not None and move is not None and move.context is not None:
            yield move.context, f"{IMAGE_SCHEME}{copy}"

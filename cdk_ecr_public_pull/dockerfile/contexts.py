"""Which named build contexts make a build pull its images from their copies.

``docker build --build-context NAME=docker-image://COPY`` moves a pull without a change
to the Dockerfile. How names are matched is ``NamedContext`` in
``frontend/dockerui/config.go`` and its uses in
``frontend/dockerfile/dockerfile2llb/convert.go`` of https://github.com/moby/buildkit;
``docker build`` normalizes the names that it is given in the same way:

- A name is that of an image, in its familiar form and without ``:latest``:
  ``docker.io/library/node:latest`` and ``node`` are the same.
- Each image that the build is about to pull, in FROM, COPY ``--from`` or a mount, is
  looked for by its name after expansion, with its tag and digest. The syntax image is not.
- Before that, each stage that has a name is looked for by it: a context of that name
  takes the place of the whole stage, and nothing says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.findings import Finding, RuleSettings
from cdk_ecr_public_pull.dockerfile.long_way import Outcome
from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Obstacle, Via
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.pulls import Pull
from cdk_ecr_public_pull.dockerfile.reporting import Reporter
from cdk_ecr_public_pull.dockerfile.rewrite import default_mirrors
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import ImageReference

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
    a stage of the file, because it would take the stage's place.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out. What a rule that
            is off, or ignored at its place, would report is not moved either.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; the last one if left out.
        platform: The platform to build for, as ``--platform`` has it. If left out, the
            contexts are those for linux/amd64 and for linux/arm64, so that they are the
            same on every machine; the findings are those for linux/amd64.
        given: The names of the contexts that the build has already. What they replace
            is neither moved nor reported.

    Returns:
        The contexts and findings; no contexts for a file that BuildKit refuses.
    """
    reporter = Reporter(
        path=path, positions=Positions(content), settings=settings or RuleSettings()
    )
    outcomes = [
        _plan(
            content,
            Conditions(build_args=build_args or {}, target=target, platform=each),
            mirrors or default_mirrors(),
            reporter,
            frozenset(_by_key(given)),
        )
        for each in ((platform,) if platform else _BUILDING_MACHINES)
    ]
    contexts = dict(pair for outcome in outcomes for pair in _contexts(outcome.decisions))
    return PlannedContexts(
        contexts=dict(sorted(contexts.items())),
        findings=outcomes[0].findings(tell_mended=False),
    )


def replaced_by(pull: Pull, names: Iterable[str]) -> str | None:
    """Find the build context that BuildKit uses instead of pulling an image.

    Args:
        pull: A pull, as ``find_pulls`` finds it.
        names: The names of the build's contexts, as ``--build-context`` has them. One
            that is no image name matches nothing: ``docker build`` refuses it.

    Returns:
        The name among ``names``, or None if the image is pulled.
    """
    if pull.via is Via.SYNTAX:
        return None
    by_key = _by_key(names)
    if pull.via is Via.FROM and pull.stage_name in by_key:
        return by_key[pull.stage_name]
    return by_key.get(_key(pull.image))


def _by_key(names: Iterable[str]) -> dict[str, str]:
    """The names by what BuildKit makes of them; of two that are the same, the last counts."""
    found = {}
    for name in names:
        try:
            found[_key(ImageReference.parse(name))] = name
        except InvalidReference:
            continue
    return found


def _key(image: ImageReference) -> str:
    return image.familiar.removesuffix(":latest")


def _plan(
    content: bytes,
    conditions: Conditions,
    mirrors: Mirrors,
    reporter: Reporter,
    given: frozenset[str],
) -> Outcome:
    analysis = analyse(content, conditions)
    outcome = Outcome(content=content, analysis=analysis, reporter=reporter)
    if analysis.refusals:
        return outcome
    outcome.decisions = [
        Decision(use, image, mirrors.resolve(image)) for use, image in _pulled(analysis, given)
    ]
    movable = [d for d in outcome.decisions if d.resolution.replacement is not None]
    kept = {_key(d.image) for d in movable if not reporter.wants_pull(d.place)}
    stages = {state.name for state in analysis.graph.stages}
    for decision in movable:
        if reporter.wants_pull(decision.place):
            decision.move = _move(decision, stages, kept)
    return outcome


def _pulled(analysis: Analysis, given: frozenset[str]) -> Iterator[tuple[Use, ImageReference]]:
    """What the build pulls, with the contexts that it has already."""
    replaced = [state for state in analysis.graph.stages if state.name in given]
    for state in replaced:
        # What it copies from is asked for all the same, its base is not.
        state.base = None
    reachable = analysis.reachable()
    for use, image in analysis.pulls:
        if use.via is Via.SYNTAX:
            yield use, image
        elif id(use.state) not in reachable or _key(image) in given:
            continue
        elif use.via is not Via.FROM or use.stage not in replaced:
            yield use, image


def _move(decision: Decision, stages: set[str | None], kept: set[str]) -> Move:
    key = _key(decision.image)
    if decision.place.via is Via.SYNTAX:
        return Move(obstacle=Obstacle.SYNTAX_IMAGE)
    if key in stages:
        return Move(obstacle=Obstacle.STAGE_NAME)
    if key in kept:
        return Move(obstacle=Obstacle.IGNORED_ELSEWHERE)
    return Move(context=key)


def _contexts(decisions: Iterable[Decision]) -> Iterator[tuple[str, str]]:
    for decision in decisions:
        copy, move = decision.resolution.replacement, decision.move
        if copy is not None and move is not None and move.context is not None:
            yield move.context, f"docker-image://{copy}"

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
- A frontend that does not know contexts refuses the build.

Podman and Buildah look for the word as it is written, and for nothing else (tried with Podman
5.8, Buildah 1.43): what a variable names, or stands in quotes, they pull as it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.dockerfile.edits.plan import Decision, Move, Obstacle, context_name
from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.places import Analysis, Conditions
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors, default_mirrors
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.reference import IMAGE_SCHEME, ImageReference, parse_image
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.reporter import Reporter
from cdk_ecr_public_pull.report.rules import RuleSettings

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.pulls import Pull
    from cdk_ecr_public_pull.dockerfile.stages.graph import Use

# Where the platform is the building machine's: the two that CodeBuild has Docker on.
_BUILDING_MACHINES = (DEFAULT_PLATFORM, "linux/arm64")


class PlannedContexts(NamedTuple):
    """The build contexts that move the pulls of a Dockerfile.

    Attributes:
        contexts: The contexts, sorted by name: ``{"node:21":
            "docker-image://public.ecr.aws/docker/library/node:21"}``. An image that is written
            in another form has one under that, too.
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
    reporter = Reporter(content, path=path, settings=settings)
    planner = _Planner(mirrors, reporter, frozenset(_by_name(given)))
    file = ParsedDockerfile(content)
    contexts: dict[str, str] = {}
    for index, each in enumerate(platform.split(",") if platform else _BUILDING_MACHINES):
        conditions = Conditions(build_args=build_args or {}, target=target, platform=each)
        analysis = analyze(file, conditions, mirrors)
        decisions = planner.decisions(analysis)
        contexts.update(_contexts(decisions))
        if platform or index == 0:
            planner.report(analysis, decisions)
        if not platform and not analysis.has_args:
            # Without variables it is the same on every platform.
            break
    findings = sorted(dict.fromkeys(reporter.findings), key=lambda it: (it.line, it.column))
    return PlannedContexts(contexts=dict(sorted(contexts.items())), findings=tuple(findings))


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
            if decision.use.expansion is None:
                # For Podman; it is left out where it is no name: in quotes.
                for written in _by_name([decision.use.word.chars]).values():
                    yield written, f"{IMAGE_SCHEME}{copy}"


class _Planner:
    def __init__(self, mirrors: Mirrors, reporter: Reporter, given: frozenset[str]) -> None:
        self.mirrors = mirrors
        self.reporter = reporter
        self.given = given

    def decisions(self, analysis: Analysis) -> list[Decision]:
        """Decide about each image that a build pulls whether a context moves it."""
        if analysis.refusal is not None:
            return []
        decisions = [
            Decision(use, image, self.mirrors.resolve(image))
            for use, image in self._pulled(analysis)
        ]
        movable = [it for it in decisions if it.resolution.replacement is not None]
        wanted, ignored = list[Decision](), set[str]()
        for decision in movable:
            if self.reporter.wants_pull(decision.use.word.offsets[0] or 0):
                wanted.append(decision)
            else:
                ignored.add(context_name(decision.image))
        stages = {state.name for state in analysis.graph.stages}
        may_move = bool(self.given) or _takes_contexts(analysis.frontend)
        for decision in wanted:
            obstacle = _obstacle(decision, stages, ignored, may_move=may_move)
            context = None if obstacle else context_name(decision.image)
            decision.move = Move(obstacle=obstacle, context=context)
        return decisions

    def report(self, analysis: Analysis, decisions: Iterable[Decision]) -> None:
        """Say what remains to be said."""
        if not analysis.has_more_to_say and not any(
            it.move is None or it.move.obstacle or it.image.digest for it in decisions
        ):
            return
        from cdk_ecr_public_pull.dockerfile.findings import findings_about  # noqa: PLC0415  (an app whose images are all moved does without it)

        findings_about(analysis, decisions, self.mirrors, self.reporter, tell_mended=False)

    def _pulled(self, analysis: Analysis) -> Iterator[tuple[Use, ImageReference]]:
        """What the build pulls, with the contexts that it has already."""
        replaced = [state for state in analysis.graph.stages if state.name in self.given]
        for state in replaced:
            # What it copies from is asked for all the same, its base is not.
            state.base = None
        reachable = analysis.reachable
        for use, image in analysis.pulls:
            is_needed = use.via is Via.SYNTAX or id(use.state) in reachable
            is_replaced = use.via is Via.FROM and use.stage in replaced
            if is_needed and not is_replaced and context_name(image) not in self.given:
                yield use, image


def _obstacle(
    decision: Decision, stages: Container[str | None], ignored: Container[str], *, may_move: bool
) -> Obstacle | None:
    key = context_name(decision.image)
    if decision.use.via is Via.SYNTAX:
        return Obstacle.SYNTAX_IMAGE
    if not may_move:
        return Obstacle.FRONTEND
    if decision.use.unresolved:
        return Obstacle.UNRESOLVED
    if decision.image.digest:
        return Obstacle.DIGEST
    if key in stages:
        return Obstacle.STAGE_NAME
    return Obstacle.IGNORED_ELSEWHERE if key in ignored else None


# Docker's own frontend, also where it was copied to another registry: which versions of it
# say that they know named contexts. "Named contexts are supported since Dockerfile v1.4"
# (https://github.com/docker/buildx/issues/1124); BuildKit refuses a build that has some if its
# frontend does not (``frontend/gateway/gateway.go``). An image's label says so, which is not
# looked at here: its name and tag must do.
_REPOSITORY = r"(?:.*/)?docker/dockerfile(?:-upstream)?"
_MOVING_TAG = r"(?:latest|labs|master|1)(?:-labs)?"
_VERSION = r"([0-9]+)\.([0-9]+)(?:\.[0-9]+)?(?:-labs)?"
_FIRST_VERSION = (1, 4)


def _takes_contexts(frontend: str | None) -> bool:
    """Whether a frontend is known to take named build contexts."""
    if frontend is None:
        return True
    try:
        image = parse_image(frontend.strip().partition(" ")[0])
    except InvalidReference:
        return False
    if not re.fullmatch(_REPOSITORY, image.repository):
        return False
    tag = image.tag or ""
    if version := re.fullmatch(_VERSION, tag):
        return (int(version[1]), int(version[2])) >= _FIRST_VERSION
    return re.fullmatch(_MOVING_TAG, tag) is not None

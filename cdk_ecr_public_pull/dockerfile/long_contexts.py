"""The long way to the build contexts of a Dockerfile, of which something is to be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.frontends import takes_contexts
from cdk_ecr_public_pull.dockerfile.long_way import Outcome
from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Obstacle, Via, context_name
from cdk_ecr_public_pull.dockerfile.reporting import Reporter
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.rules import RuleSettings


def plan_thoroughly(
    content: bytes,
    *,
    path: str,
    mirrors: Mirrors,
    settings: RuleSettings,
    build_args: Mapping[str, str],
    target: str | None,
    platforms: Iterable[str],
    given: frozenset[str],
) -> list[Outcome]:
    """Decide about each image that a build pulls whether a context moves it.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are.
        settings: The rules' severities.
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``; None for the last one.
        platforms: The platforms to build for.
        given: The names of the contexts that the build has already, as ``context_name``
            gives them.

    Returns:
        The outcome for each platform.
    """
    planner = _Planner(
        content=content,
        mirrors=mirrors,
        reporter=Reporter(content, path=path, settings=settings),
        given=given,
        may_move=bool(given) or takes_contexts(content, build_args),
    )
    return [
        planner.outcome(Conditions(build_args=build_args, target=target, platform=platform))
        for platform in platforms
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    content: bytes
    mirrors: Mirrors
    reporter: Reporter
    given: frozenset[str]
    may_move: bool

    def outcome(self, conditions: Conditions) -> Outcome:
        analysis = analyse(self.content, conditions)
        outcome = Outcome(content=self.content, analysis=analysis, reporter=self.reporter)
        if analysis.refusals:
            return outcome
        outcome.decisions = [
            Decision(use, image, self.mirrors.resolve(image))
            for use, image in self._pulled(analysis)
        ]
        movable = [d for d in outcome.decisions if d.resolution.replacement is not None]
        wanted = [d for d in movable if self.reporter.wants_pull(d.place)]
        ignored = {context_name(d.image) for d in movable if not self.reporter.wants_pull(d.place)}
        stages = {state.name for state in analysis.graph.stages}
        for decision in wanted:
            obstacle = self._obstacle(decision, stages, ignored)
            context = None if obstacle else context_name(decision.image)
            decision.move = Move(obstacle=obstacle, context=context)
        return outcome

    def _pulled(self, analysis: Analysis) -> Iterator[tuple[Use, ImageReference]]:
        """What the build pulls, with the contexts that it has already."""
        replaced = [state for state in analysis.graph.stages if state.name in self.given]
        for state in replaced:
            # What it copies from is asked for all the same, its base is not.
            state.base = None
        reachable = analysis.reachable()
        for use, image in analysis.pulls:
            is_needed = use.via is Via.SYNTAX or id(use.state) in reachable
            is_replaced = use.via is Via.FROM and use.stage in replaced
            if is_needed and not is_replaced and context_name(image) not in self.given:
                yield use, image

    def _obstacle(
        self, decision: Decision, stages: set[str | None], ignored: set[str]
    ) -> Obstacle | None:
        key = context_name(decision.image)
        if decision.place.via is Via.SYNTAX:
            return Obstacle.SYNTAX_IMAGE
        if not self.may_move:
            return Obstacle.FRONTEND
        if key in stages:
            return Obstacle.STAGE_NAME
        return Obstacle.IGNORED_ELSEWHERE if key in ignored else None

"""What is done about each pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.dockerfile.analysis import Analysis
from cdk_ecr_public_pull.dockerfile.findings import Rule
from cdk_ecr_public_pull.dockerfile.plan import Move, Obstacle, plan_move, settle_shared_args
from cdk_ecr_public_pull.dockerfile.pulls import Pull
from cdk_ecr_public_pull.dockerfile.stages import Via
from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.reporting import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done about a pull.

    Attributes:
        pull: The pull.
        resolution: Where the image's copy is.
        move: How the pull is moved to it; None if it stays as it is.
    """

    pull: Pull
    resolution: Resolution
    move: Move | None = None

    @property
    def is_mended(self) -> bool:
        """Whether a change moves the pull."""
        return self.move is not None and self.move.edit is not None

    def given_up(self) -> Decision:
        """The same, without its change, which turned out to do something else."""
        return replace(self, move=Move(obstacle=Obstacle.UNVERIFIED)) if self.is_mended else self


def decide(
    pulls: Sequence[Pull], analysis: Analysis, mirrors: Mirrors, reporter: Reporter
) -> list[Decision]:
    """Decide about every pull of a Dockerfile.

    Args:
        pulls: The pulls.
        analysis: The file that they are in.
        mirrors: Where copies are.
        reporter: Knows which findings are wanted: a pull that is ignored stays.

    Returns:
        The decisions, in the order of the pulls.
    """
    decisions = [Decision(pull=pull, resolution=mirrors.resolve(pull.image)) for pull in pulls]
    args = analysis.args
    if args is None:
        return decisions
    planned: list[int] = []
    moves: list[Move] = []
    for index, decision in enumerate(decisions):
        copy = decision.resolution.replacement
        if copy is None or not reporter.wants(Rule.DOCKER_HUB_PULL, decision.pull.line):
            continue
        planned.append(index)
        if names_stage_perhaps(decision.pull):
            moves.append(Move(obstacle=Obstacle.ONBUILD))
        else:
            pull = decision.pull
            moves.append(plan_move(pull.origin, copy.name, args, pull.span))
    origins = [decisions[index].pull.origin for index in planned]
    moving = {id(origin) for origin in origins}
    fixed = [use.expansion for use in analysis.graph.uses if id(use.expansion) not in moving]
    for index, move in zip(
        planned, settle_shared_args(moves, origins, fixed, args), strict=True
    ):
        decisions[index] = replace(decisions[index], move=move)
    return decisions


def names_stage_perhaps(pull: Pull) -> bool:
    """Whether an ONBUILD trigger's name may be that of a stage of the Dockerfile on top."""
    return pull.via is Via.ONBUILD and not set(":/@") & set(pull.written)

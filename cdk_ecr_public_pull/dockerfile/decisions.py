"""What is done about each image that a build pulls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis
from cdk_ecr_public_pull.dockerfile.plan import Move, Obstacle, plan_move, settle_shared_args
from cdk_ecr_public_pull.dockerfile.stages import Use, Via
from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution
from cdk_ecr_public_pull.images.reference import ImageReference


@dataclass(slots=True)
class Decision:
    """What is done about a pull.

    Attributes:
        use: The place that makes the build pull the image.
        image: The image.
        resolution: Where its copy is.
        move: How the pull is moved there; None if it stays as it is.
    """

    use: Use
    image: ImageReference
    resolution: Resolution
    move: Move | None = None

    @property
    def is_mended(self) -> bool:
        """Whether a change moves the pull."""
        return self.move is not None and self.move.edit is not None


def decide(
    analysis: Analysis, mirrors: Mirrors, is_wanted: Callable[[Use], bool]
) -> list[Decision]:
    """Decide about every pull of a Dockerfile.

    Args:
        analysis: The file.
        mirrors: Where copies are.
        is_wanted: Says whether a pull from Docker Hub is to be reported, and so moved.

    Returns:
        The decisions, in the order of the pulls.
    """
    decisions = [Decision(use, image, mirrors.resolve(image)) for use, image in analysis.pulls]
    for decision in decisions:
        copy, use = decision.resolution.replacement, decision.use
        if copy is None or not is_wanted(use):
            continue
        if use.via is Via.ONBUILD and not set(":/@") & set(use.word.chars):
            decision.move = Move(obstacle=Obstacle.ONBUILD)
        else:
            decision.move = plan_move(use.expansion, copy.name, analysis.args, use.word)
    if any(decision.move and decision.move.site for decision in decisions):
        _settle(decisions, analysis)
    return decisions


def _settle(decisions: list[Decision], analysis: Analysis) -> None:
    planned = [decision for decision in decisions if decision.move is not None]
    moving = {id(decision.use) for decision in planned}
    settled = settle_shared_args(
        [(decision.move, decision.use.expansion) for decision in planned if decision.move],
        [use.expansion for use in analysis.graph.uses if id(use) not in moving],
        analysis.args,
    )
    for decision, move in zip(planned, settled, strict=True):
        decision.move = move

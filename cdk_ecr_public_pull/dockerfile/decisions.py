"""What is done about each image that a build pulls."""

from __future__ import annotations

from collections.abc import Callable

from cdk_ecr_public_pull.dockerfile.analysis import Analysis
from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Obstacle, Place, Via
from cdk_ecr_public_pull.dockerfile.plan import plan_move, settle_shared_args
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.images.mirrors import Mirrors


def decide(
    analysis: Analysis, mirrors: Mirrors, is_wanted: Callable[[Place], bool]
) -> list[Decision]:
    """Decide about every pull of a Dockerfile.

    Args:
        analysis: The file.
        mirrors: Where copies are.
        is_wanted: Says whether a pull from Docker Hub is to be reported, and so moved.

    Returns:
        The decisions, in the order of the pulls.
    """
    decisions: list[Decision] = []
    planned: list[tuple[Decision, Move, Use]] = []
    for use, image in analysis.pulls:
        decision = Decision(use, image, mirrors.resolve(image))
        decisions.append(decision)
        copy = decision.resolution.replacement
        if copy is None or not is_wanted(use):
            continue
        # In a trigger a bare name may be that of a stage of the Dockerfile on top.
        if use.via is Via.ONBUILD and not set(":/@") & set(use.word.chars):
            decision.move = Move(obstacle=Obstacle.ONBUILD)
        else:
            decision.move = plan_move(use.expansion, copy.name, analysis.args, use.word)
        planned.append((decision, decision.move, use))
    if any(move.site for _, move, _ in planned):
        _settle(planned, analysis)
    return decisions


def _settle(planned: list[tuple[Decision, Move, Use]], analysis: Analysis) -> None:
    moving = {id(use) for _, _, use in planned}
    settled = settle_shared_args(
        [(move, use.expansion) for _, move, use in planned],
        [use.expansion for use in analysis.graph.uses if id(use) not in moving],
        analysis.args,
    )
    for (decision, _, _), move in zip(planned, settled, strict=True):
        decision.move = move

"""What BuildKit refuses when it runs the instructions of the stages."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_ecr_public_pull.dockerfile.moves import Via
from cdk_ecr_public_pull.dockerfile.parsed import Arg, Copy, Other, Run
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.stages import StageGraph, State, Step, Use
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError
from cdk_ecr_public_pull.dockerfile.words import expand


def refused_steps(graph: StageGraph, only: set[int] | None) -> Iterator[Refusal]:
    """Find the instructions that fail when they are run.

    Args:
        graph: The stages.
        only: The ids of the stages that are built; all of them if None.

    Yields:
        The refusals: what is taken from a later stage first, then those of each stage.
    """
    for use in graph.uses:
        if use.via is not Via.FROM and use.state is not None and use.state.index is not None:
            yield from _taken_too_early(use, only)
    for stage in graph.states:
        if stage.steps and (only is None or id(stage) in only):
            for step in stage.steps:
                yield from _refused(step, graph.escape)


def _taken_too_early(use: Use, only: set[int] | None) -> Iterator[Refusal]:
    # The first one is enough: they are in the order of the file.
    user = next((user for user in use.users if only is None or id(user) in only), None)
    if user is not None and _comes_later(use.state, user):
        what = "mount" if use.via is Via.MOUNT else "copy"
        message = (
            f'cannot {what} from stage "{use.word.chars}", '
            f'it needs to be defined before current stage "{user.label}"'
        )
        yield Refusal.of(message, use.start, use.word)


def _comes_later(state: State | None, user: State) -> bool:
    if state is None or state.index is None or user.index is None:
        return False
    return state.index > user.index


def _refused(step: Step, escape: str) -> Iterator[Refusal]:
    parsed = step.parsed
    words: tuple[Text, ...] = ()
    if isinstance(parsed, (Copy, Other)):
        words = parsed.words
    elif isinstance(parsed, Arg):
        words = tuple(default for _, default in parsed.defaults if default is not None)
    elif isinstance(parsed, Run) and parsed.late is not None:
        yield parsed.late
    for word in words:
        try:
            expand(word, _EverySet(), escape=escape)
        except WordError as error:
            message = f'failed to process "{word.chars}": {error}'
            yield Refusal(message, start=step.start, offset=error.offset)


class _EverySet(dict[str, Text]):
    """A stage's variables: its base image may set any, so each one counts as set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Text:
        return Text.unplaced("x")

"""What BuildKit refuses when it runs the instructions of the stages."""

from __future__ import annotations

from collections.abc import Container, Iterator

from cdk_ecr_public_pull.dockerfile.moves import Via
from cdk_ecr_public_pull.dockerfile.parsed import Arg, Copy, OnBuild, Other, Parsed, Run
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.stages import StageGraph, State, Step, Use
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError
from cdk_ecr_public_pull.dockerfile.words import Expansion, check_body, expand


def refused_steps(
    graph: StageGraph, only: set[int] | None, given: Container[str] = ()
) -> Iterator[Refusal]:
    """Find the instructions that fail when they are run.

    Args:
        graph: The stages.
        only: The ids of the stages that are built; all of them if None.
        given: The names of the build arguments that are given: the defaults of those
            are not looked at.

    Yields:
        The refusals: what is taken from a later stage first, then those of each stage.
    """
    for use in graph.uses:
        if use.via is not Via.FROM and use.state is not None and use.state.index is not None:
            yield from _taken_too_early(use, only)
    for stage in graph.states:
        if only is None or id(stage) in only:
            for step in _run_by(stage):
                yield from _refused(step, graph.escape, given)


def _run_by(stage: State) -> Iterator[Step]:
    """What a stage runs: the triggers of the stage that it is built on come first."""
    for step in stage.base.steps if stage.base else ():
        if isinstance(step.parsed, OnBuild):
            yield Step(step.parsed.trigger, step.start)
    yield from stage.steps


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


def _refused(step: Step, escape: str, given: Container[str]) -> Iterator[Refusal]:
    parsed = step.parsed
    judged = parsed.judged if isinstance(parsed, (Copy, Other)) else ()
    try:
        for word in _words(parsed, given):
            _expand(word, step, escape)
        expansions = [_expand(word, step, escape) for word, _ in judged]
        if isinstance(parsed, (Copy, Other)):
            for body in parsed.bodies:
                _check_body(body, step)
    except Refusal as refusal:
        yield refusal
        return
    if isinstance(parsed, Run) and parsed.late is not None:
        yield parsed.late
    for (word, refuse), expansion in zip(judged, expansions, strict=True):
        # What a variable has for a value may be the base image's to tell.
        if not expansion.names and (cause := refuse(expansion.text.chars)):
            yield Refusal.of(cause, step.start, word)


def _words(parsed: Parsed, given: Container[str]) -> tuple[Text, ...]:
    if isinstance(parsed, (Copy, Other, Run)):
        return parsed.words
    if not isinstance(parsed, Arg):
        return ()
    return tuple(
        default
        for name, default in parsed.defaults
        if default is not None and name.chars not in given
    )


def _expand(word: Text, step: Step, escape: str) -> Expansion:
    try:
        return expand(word, _EverySet(), escape=escape)
    except WordError as error:
        message = f'failed to process "{word.chars}": {error}'
        raise Refusal(message, start=step.start, offset=error.offset) from None


def _check_body(body: Text, step: Step) -> None:
    try:
        check_body(body, _EverySet())
    except WordError as error:
        # BuildKit shows the whole of it.
        lines = (line for line in body.split_lines() if error.offset in line.offsets)
        message = f'failed to process "{next(lines, body).chars}": {error}'
        raise Refusal(message, start=step.start, offset=error.offset) from None


class _EverySet(dict[str, Text]):
    """A stage's variables: its base image may set any, so each one counts as set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Text:
        return Text.unplaced("x")

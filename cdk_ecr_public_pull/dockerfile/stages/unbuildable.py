"""What BuildKit refuses in the stages of a build, though each instruction is one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from cdk_ecr_public_pull.dockerfile.expansion.expand import check_body, expand
from cdk_ecr_public_pull.dockerfile.instructions.nodes import Arg, Node, OnBuild, Other, Run, Via
from cdk_ecr_public_pull.dockerfile.parser.arguments import may_fail
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text, WordError
from cdk_ecr_public_pull.dockerfile.stages.graph import StageGraph, State, Step, Use


def refuse_cycles(states: Sequence[State]) -> None:
    """Refuse stages that depend on themselves.

    Args:
        states: The stages and images of a build.

    Raises:
        BuildError: A stage does.
    """
    sorter = TopologicalSorter({id(state): map(id, state.depends_on) for state in states})
    try:
        sorter.prepare()
    except CycleError:
        # It goes on with what does not depend on the cycles.
        free: set[int] = set()
        while ready := sorter.get_ready():
            free.update(ready)
            sorter.done(*ready)
        start = next(state for state in states if id(state) not in free)
        message = f"circular dependency detected on stage: {start.label}"
        raise BuildError(message, start=start.start) from None


def build_errors(
    graph: StageGraph, needed: Container[int], given: Container[str]
) -> Iterator[BuildError]:
    """Find what fails when the instructions of a build are run.

    Args:
        graph: The stages.
        needed: The ids of the stages that are built: the others are not run.
        given: The names of the build arguments that are given: the defaults of those
            are not looked at.

    Yields:
        The errors: what is taken from a later stage first, then those of each stage.
    """
    for use in graph.uses:
        if use.via is not Via.FROM and use.state is not None and use.state.index is not None:
            yield from _taken_too_early(use, needed)
    for stage in graph.states:
        if id(stage) in needed:
            for step in _run_by(stage):
                yield from _step_errors(step, graph.escape, given)


def _run_by(stage: State) -> Iterator[Step]:
    """What a stage runs: the triggers of the stage that it is built on come first."""
    for step in stage.base.steps if stage.base else ():
        if isinstance(step.node, OnBuild):
            yield Step(step.node.trigger, step.start, step.order)
    yield from stage.steps


def _taken_too_early(use: Use, needed: Container[int]) -> Iterator[BuildError]:
    # The first one is enough: they are in the order of the file.
    user = next((user for user in use.users if id(user) in needed), None)
    taken = (use.state and use.state.index) or 0
    if user is not None and user.index is not None and taken > user.index:
        what = "mount" if use.via is Via.MOUNT else "copy"
        message = (
            f'cannot {what} from stage "{use.word.chars}", '
            f'it needs to be defined before current stage "{user.label}"'
        )
        yield BuildError.at(use.word, message, use.start)


def _step_errors(step: Step, escape: str, given: Container[str]) -> Iterator[BuildError]:
    node = step.node
    try:
        for word in _words(node, given):
            _check_word(word, step, escape)
        for body in node.bodies if isinstance(node, Other) else ():
            _check_body(body, step)
    except BuildError as error:
        yield error
        return
    if isinstance(node, Run) and node.late is not None:
        yield node.late


def _words(node: Node, given: Container[str]) -> Sequence[Text]:
    if isinstance(node, Other):
        return node.words
    if not isinstance(node, Arg):
        return ()
    return [
        it.default
        for it in node.definitions
        if it.default is not None and it.name.chars not in given
    ]


def _check_word(word: Text, step: Step, escape: str) -> None:
    if not may_fail(word.chars):
        return
    try:
        expand(word, _EverySet(), escape=escape)
    except WordError as error:
        message = f'failed to process "{word.chars}": {error}'
        raise BuildError(message, start=step.start, offset=error.offset) from None


def _check_body(body: Text, step: Step) -> None:
    try:
        check_body(body, _EverySet())
    except WordError as error:
        # BuildKit shows the whole of it.
        place = body.offsets.index(error.offset)
        line = body.chars[body.chars.rfind("\n", 0, place) + 1 :].partition("\n")[0]
        message = f'failed to process "{line}": {error}'
        raise BuildError(message, start=step.start, offset=error.offset) from None


class _EverySet(dict[str, Text]):
    """A stage's variables: its base image may set any, so each one counts as set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Text:
        return Text.unplaced("x")

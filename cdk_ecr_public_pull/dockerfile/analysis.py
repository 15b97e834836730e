"""From a Dockerfile's instructions to the graph of its stages, and what BuildKit refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cdk_ecr_public_pull.dockerfile.build_args import BuildArgs
from cdk_ecr_public_pull.dockerfile.directives import Directive, find_syntax
from cdk_ecr_public_pull.dockerfile.instructions import (
    Arg,
    Copy,
    From,
    OnBuild,
    Other,
    Run,
    parse_instruction,
)
from cdk_ecr_public_pull.dockerfile.lexer import WordError
from cdk_ecr_public_pull.dockerfile.platforms import platform_args, refuse_platform
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.source import parse_source
from cdk_ecr_public_pull.dockerfile.stages import SCRATCH, StageGraph, State, Step, Use, Via
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.words import expand
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import ImageReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions under which a Dockerfile is built.

    Attributes:
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``; the last one if None.
        platform: The platform that is built for.
    """

    build_args: Mapping[str, str]
    target: str | None
    platform: str


@dataclass(slots=True, kw_only=True)
class Analysis:
    """What is known of a Dockerfile.

    Attributes:
        syntax: The image that parses it, if it names one.
        args: The variables of its FROM lines; None if it could not be cut into stages.
        graph: Its stages, and the places that name images.
        images: The images, by the id of the state that is pulled.
        reachable: The ids of the states that the build needs.
        refusals: Why BuildKit refuses the file, in its order; empty if it does not.
    """

    syntax: Directive | None
    args: BuildArgs | None = None
    graph: StageGraph = field(default_factory=StageGraph)
    images: dict[int, ImageReference] = field(default_factory=dict)
    reachable: set[int] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)


def analyse(content: bytes, conditions: Conditions, *, lenient: bool = False) -> Analysis:
    """Find the stages and images of a Dockerfile.

    Args:
        content: The file.
        conditions: How it is built.
        lenient: Pass over a stage whose base only a build argument tells, instead of
            stopping there as BuildKit does.

    Returns:
        The analysis, with no image but the syntax if BuildKit refuses the file before it
        asks for images.
    """
    syntax = None if "BUILDKIT_SYNTAX" in conditions.build_args else find_syntax(content)
    analysis = Analysis(syntax=syntax)
    try:
        _build_graph(analysis, content, conditions, lenient=lenient)
    except Refusal as refusal:
        analysis.refusals.append(refusal)
        analysis.graph = StageGraph()
        return analysis
    _find_images(analysis)
    _check_steps(analysis, only_reachable=conditions.target is not None)
    return analysis


def _build_graph(
    analysis: Analysis, content: bytes, conditions: Conditions, *, lenient: bool
) -> None:
    source = parse_source(content)
    analysis.graph.escape = source.escape
    global_args: list[tuple[Arg, int]] = []
    froms: list[tuple[From, list[Step], int]] = []
    for instruction in source.instructions:
        line = instruction.start_line
        parsed = parse_instruction(source.text(instruction), number=line, escape=source.escape)
        if isinstance(parsed, From):
            froms.append((parsed, [], line))
        elif froms:
            froms[-1][1].append(Step(parsed=parsed, line=line))
        elif isinstance(parsed, Arg):
            global_args.append((parsed, line))
        else:
            message = "no build stage in current context"
            raise Refusal(message, line=line)
    if not froms:
        message = "dockerfile contains no stages to build"
        raise Refusal(message, line=len(source.lines))
    target = conditions.target or froms[-1][0].stage_name or ""
    args = BuildArgs.with_defaults(
        platform_args(conditions.platform, target=target),
        given=conditions.build_args,
        escape=source.escape,
    )
    analysis.args = args
    for arg, line in global_args:
        args.declare(arg, line=line)
    for parsed, steps, line in froms:
        _add_stage(analysis, args, parsed, steps, line, lenient=lenient)
    goal = _target(analysis.graph, conditions.target)
    analysis.graph.connect()
    analysis.reachable = analysis.graph.reachable_from(goal)


def _add_stage(
    analysis: Analysis, args: BuildArgs, parsed: From, steps: list[Step], line: int, *, lenient: bool
) -> None:
    graph = analysis.graph
    stage = State(
        base_name="", line=line, index=len(graph.states), name=parsed.stage_name, steps=steps
    )
    try:
        expansion = args.expand(parsed.image, line=line)
        if not expansion.text.chars:
            raise Refusal(
                f"base name ({parsed.image.chars}) should not be blank",
                line=line,
                offset=parsed.image.offsets[0],
                missing_args=tuple(sorted(args.missing_for(expansion.names))),
            )
        if parsed.platform is not None:
            _check_platform(args, parsed.platform, line)
    except Refusal as refusal:
        if not (lenient and refusal.missing_args):
            raise
        analysis.refusals.append(refusal)
        graph.add(stage)
        return
    stage.base_name = expansion.text.chars
    graph.add(stage)
    graph.uses.append(
        Use(
            via=Via.FROM,
            word=parsed.image,
            expansion=expansion,
            line=line,
            stage=stage,
            users=[stage],
            state=stage,
        )
    )


def _check_platform(args: BuildArgs, platform: Text, line: int) -> None:
    expansion = args.expand(platform, line=line)
    missing = tuple(sorted(args.missing_for(expansion.names)))
    offset = platform.offsets[0] if len(platform) else None
    message = None
    if not expansion.text.chars:
        message = f"empty platform value from expression {platform.chars}"
    elif cause := refuse_platform(expansion.text.chars):
        message = f"failed to parse platform {platform.chars}: {cause}"
    if message:
        raise Refusal(message, line=line, offset=offset, missing_args=missing)


def _target(graph: StageGraph, name: str | None) -> State:
    if name is None:
        return graph.states[-1]
    found = graph.find(name)
    if found is None:
        message = f'target stage "{name}" could not be found'
        raise Refusal(message, line=graph.states[-1].line)
    return found


def _find_images(analysis: Analysis) -> None:
    args = analysis.args
    by_state = {id(use.state): use for use in reversed(analysis.graph.uses)}
    for state in analysis.graph.states:
        if state.base is not None or state.base_name in ("", SCRATCH):
            continue
        try:
            image = ImageReference.parse(state.base_name)
        except InvalidReference as error:
            use = by_state[id(state)]
            missing = args.missing_for(use.expansion.names) if args else ()
            analysis.refusals.append(
                Refusal(
                    f'failed to parse stage name "{state.base_name}": {error}',
                    line=state.line,
                    offset=use.word.offsets[0],
                    missing_args=tuple(sorted(missing)),
                )
            )
        else:
            analysis.images[id(state)] = image.with_default_tag()


def _check_steps(analysis: Analysis, *, only_reachable: bool) -> None:
    """Find what BuildKit refuses when it runs the instructions of the stages."""
    for use in analysis.graph.uses:
        for user in use.users:
            if only_reachable and id(user) not in analysis.reachable:
                continue
            if use.via is not Via.FROM and _comes_later(use.state, user):
                what = "mount" if use.via is Via.MOUNT else "copy"
                message = (
                    f'cannot {what} from stage "{use.word.chars}", '
                    f'it needs to be defined before current stage "{user.label}"'
                )
                offset = use.word.offsets[0]
                analysis.refusals.append(Refusal(message, line=use.line, offset=offset))
    for stage in analysis.graph.stages:
        if not only_reachable or id(stage) in analysis.reachable:
            for step in stage.steps:
                analysis.refusals.extend(_step_refusals(step, analysis))


def _comes_later(state: State | None, user: State) -> bool:
    return (
        state is not None
        and state.index is not None
        and user.index is not None
        and state.index > user.index
    )


def _step_refusals(step: Step, analysis: Analysis) -> Iterator[Refusal]:
    parsed = step.parsed.trigger if isinstance(step.parsed, OnBuild) else step.parsed
    if isinstance(parsed, Run) and parsed.secret and parsed is step.parsed:
        yield Refusal("secret mount should not have a from", line=step.line)
    words: tuple[Text, ...] = ()
    if isinstance(step.parsed, (Copy, Other)):
        words = step.parsed.words
    elif isinstance(step.parsed, Arg):
        words = tuple(default for _, default in step.parsed.defaults if default is not None)
    escape = analysis.args.escape if analysis.args else "\\"
    for word in words:
        try:
            expand(word, _EverySet(), escape=escape)
        except WordError as error:
            message = f'failed to process "{word.chars}": {error}'
            yield Refusal(message, line=step.line, offset=error.offset)


class _EverySet(dict[str, Text]):
    """A stage's variables: its base image may set any, so each one counts as set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Text:
        return Text.unplaced("x")

"""From a Dockerfile's instructions to the graph of its stages, and what BuildKit refuses.

The order is BuildKit's: a refusal while the stages are set up leaves nothing to pull,
one of an image's name leaves the other images, and one while the instructions run
leaves them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_ecr_public_pull.dockerfile.build_args import BuildArgs
from cdk_ecr_public_pull.dockerfile.directives import Directive, find_syntax, refuse_check_options
from cdk_ecr_public_pull.dockerfile.instructions import parse_instruction
from cdk_ecr_public_pull.dockerfile.moves import SCRATCH, Via
from cdk_ecr_public_pull.dockerfile.parsed import Arg, From
from cdk_ecr_public_pull.dockerfile.platforms import platform_args, refuse_platform
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.source import find_instructions
from cdk_ecr_public_pull.dockerfile.stages import StageGraph, State, Step, Use
from cdk_ecr_public_pull.dockerfile.steps import refused_steps
from cdk_ecr_public_pull.dockerfile.words import NO_NAMES, Expansion
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import ImageReference, parse_image


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
        args: The variables of its FROM lines.
        graph: Its stages, and the places that name images.
        target: The stage that is built; None if the file could not be cut into stages.
        pulls: The places that make a build pull an image, in the order of the file, and
            the images; first the one that parses the file.
        refusals: Why BuildKit refuses the file, in its order; empty if it does not.
    """

    args: BuildArgs
    graph: StageGraph = field(default_factory=StageGraph)
    target: State | None = None
    pulls: list[tuple[Use, ImageReference]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def reachable(self) -> set[int]:
        """The ids of the states that the build needs."""
        return self.graph.reachable_from(self.target) if self.target else set()


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
    analysis = Analysis(args=BuildArgs(given=conditions.build_args))
    if "BUILDKIT_SYNTAX" not in conditions.build_args and (syntax := find_syntax(content)):
        _add_syntax(analysis, syntax)
    try:
        _build_graph(analysis, content, conditions, lenient=lenient)
    except Refusal as refusal:
        analysis.refusals.append(refusal)
        return analysis
    _find_images(analysis)
    only = analysis.reachable() if conditions.target is not None else None
    analysis.refusals.extend(refused_steps(analysis.graph, only, conditions.build_args))
    return analysis


def _add_syntax(analysis: Analysis, syntax: Directive) -> None:
    word = syntax.value
    try:
        image = parse_image(word.chars)
    except InvalidReference as error:
        message = f'failed to parse syntax image "{word.chars}": {error}'
        analysis.refusals.append(Refusal.of(message, syntax.start, word))
        return
    # The name may come out of a JSON document in another form than it has there.
    if word.offsets[0] is not None:
        expansion = Expansion(word, (), NO_NAMES)
        state = State(word.chars, syntax.start)
        use = Use(Via.SYNTAX, word, expansion, syntax.start, None, (), state)
        analysis.pulls.append((use, image))


def _build_graph(
    analysis: Analysis, content: bytes, conditions: Conditions, *, lenient: bool
) -> None:
    refuse_check_options(content, conditions.build_args)
    escape, instructions = find_instructions(content)
    graph, args = analysis.graph, analysis.args
    graph.escape = args.escape = escape
    global_args: list[tuple[Arg, int]] = []
    froms: list[tuple[From, int, list[Step]]] = []
    instructions.reverse()
    while instructions:
        # Gone when it has been read: a large file would hold it in memory otherwise.
        instruction = instructions.pop()
        start = instruction.start
        parsed = parse_instruction(
            instruction.text, start=start, escape=escape, bodies=instruction.bodies
        )
        if isinstance(parsed, From):
            froms.append((parsed, start, []))
        elif froms:
            froms[-1][2].append(Step(parsed, start))
        elif isinstance(parsed, Arg):
            global_args.append((parsed, start))
        else:
            raise Refusal("no build stage in current context", start=start)
    if not froms:
        last_line = content.rstrip(b"\n").rfind(b"\n") + 1
        raise Refusal("dockerfile contains no stages to build", start=last_line)
    target = conditions.target or froms[-1][0].stage_name or "default"
    args.predefined = platform_args(conditions.platform, target)
    for arg, start in global_args:
        args.declare(arg, start=start)
    for parsed, start, steps in froms:
        _add_stage(analysis, parsed, start, steps, lenient=lenient)
    analysis.target = _target(graph, conditions.target)
    graph.connect(analysis.target)


def _add_stage(
    analysis: Analysis, parsed: From, start: int, steps: list[Step], *, lenient: bool
) -> None:
    graph = analysis.graph
    stage = State("", start, len(graph.states), parsed.stage_name, steps)
    expansion = None
    try:
        expansion = _expand_base(analysis.args, parsed, start)
    except Refusal as refusal:
        if not (lenient and refusal.missing_args):
            raise
        analysis.refusals.append(refusal)
    _check_alias(parsed, start)
    if expansion is None:
        graph.add(stage)
        return
    stage.base_name = expansion.text.chars
    graph.add(stage)
    graph.uses.append(Use(Via.FROM, parsed.image, expansion, start, stage, (stage,), stage))


def _expand_base(args: BuildArgs, parsed: From, start: int) -> Expansion:
    base = args.expand(parsed.image, start=start)
    cause, blamed = None, base
    if not base.text.chars:
        cause = f"base name ({parsed.image.chars}) should not be blank"
    elif parsed.platform is not None:
        blamed = args.expand(parsed.platform, start=start)
        if not blamed.text.chars:
            cause = f"empty platform value from expression {parsed.platform.chars}"
        elif why := refuse_platform(blamed.text.chars):
            cause = f"failed to parse platform {parsed.platform.chars}: {why}"
    if cause:
        refusal = Refusal.of(cause, start, parsed.image)
        refusal.missing_args = tuple(sorted(args.missing_for(blamed.names)))
        raise refusal
    return base


def _check_alias(parsed: From, start: int) -> None:
    # BuildKit looks for a build context of each stage's name, and those are references.
    if parsed.alias is None:
        return
    name = parsed.alias.chars.lower()
    try:
        parse_image(name)
    except InvalidReference as error:
        message = f"invalid context name {name}: {error}"
        raise Refusal.of(message, start, parsed.alias) from None


def _target(graph: StageGraph, name: str | None) -> State:
    found = graph.states[-1] if name is None else graph.find(name)
    if found is None:
        message = f'target stage "{name}" could not be found'
        raise Refusal(message, start=graph.states[-1].start)
    return found


def _find_images(analysis: Analysis) -> None:
    refused: set[int] = set()
    for use in analysis.graph.uses:
        state = use.state
        name = use.word.chars if state is None else state.base_name
        if name == SCRATCH or not use.names_image:
            continue
        # In a trigger, a number or a stage's name means what the build on top makes of it.
        if state is None and (name.isdecimal() or analysis.graph.find(name)):
            continue
        try:
            analysis.pulls.append((use, parse_image(name)))
        except InvalidReference as error:
            if state is not None and id(state) not in refused:
                refused.add(id(state))
                refusal = Refusal.of(
                    f'failed to parse stage name "{name}": {error}', use.start, use.word
                )
                missing = analysis.args.missing_for(use.expansion.names)
                refusal.missing_args = tuple(sorted(missing))
                analysis.refusals.append(refusal)
    analysis.pulls.sort(key=_offset)


def _offset(pull: tuple[Use, ImageReference]) -> int:
    return pull[0].word.offsets[0] or 0

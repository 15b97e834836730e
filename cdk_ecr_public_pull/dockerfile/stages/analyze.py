"""From a Dockerfile's instructions to the graph of its stages, and what BuildKit refuses.

The order is BuildKit's: an error while the stages are set up leaves nothing to pull, one of an
image's name leaves the other images, and one while the instructions run leaves them all. An
error that a build argument may take away leaves all that is known without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Arg, From, OnBuild, Other, Via
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.parser.arguments import may_expand, may_fail
from cdk_ecr_public_pull.dockerfile.parser.directives import find_syntax
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text, span_of
from cdk_ecr_public_pull.dockerfile.stages.graph import StageGraph, State, Step, Use
from cdk_ecr_public_pull.dockerfile.stages.places import (
    Analysis,
    Conditions,
    find_images,
    from_error,
)
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import DOCKERFILE_FRONTEND, parse_image

# Docker's own frontend, also where it was copied to another registry, and the one built in.
_DOCKERFILE_FRONTEND = r"(?:.*/)?dockerfile(?:-upstream|\.v0)?"
_SYNTAX_ARG = "BUILDKIT_SYNTAX"


def analyze(
    file: ParsedDockerfile, conditions: Conditions, mirrors: Mirrors | None = None
) -> Analysis:
    """Find the stages and images of a Dockerfile.

    Args:
        file: The file.
        conditions: How it is built.
        mirrors: Where copies are: a copy of Docker's own frontend is no foreign one. None if
            there are none.

    Returns:
        The analysis, with no image but the syntax if BuildKit refuses the file before it
        asks for images.
    """
    analysis = Analysis(file, conditions)
    try:
        _read_syntax(analysis, mirrors)
        if analysis.is_foreign:
            return analysis
        _build_graph(analysis)
    except BuildError as error:
        # With its traceback it would hold this analysis, which holds it.
        analysis.errors.append(error.with_traceback(None))
        return analysis
    find_images(analysis)
    graph = analysis.graph
    if any(stage.steps for stage in graph.stages):
        from cdk_ecr_public_pull.dockerfile.stages.unbuildable import build_errors  # noqa: PLC0415  (most instructions are skipped)

        analysis.errors += build_errors(graph, analysis.reachable, conditions.build_args)
    return analysis


def _read_syntax(analysis: Analysis, mirrors: Mirrors | None) -> None:
    analysis.frontend = analysis.conditions.build_args.get(_SYNTAX_ARG)
    if analysis.frontend is None and (syntax := find_syntax(analysis.file.content)):
        word = syntax.value
        analysis.frontend = word.chars
        try:
            image = parse_image(word.chars)
        except InvalidReference as error:
            raise BuildError.at(word, str(error), syntax.start) from None
        # The name may come out of a JSON document in another form than it has there.
        if word.offsets[0] is not None:
            state = State(word.chars, syntax.start)
            use = Use(Via.SYNTAX, word, syntax.start, -1, stage=None, users=(), state=state)
            analysis.pulls.append((use, image))
    if analysis.frontend is not None:
        analysis.is_foreign = _is_foreign(analysis.frontend, mirrors)


def _is_foreign(frontend: str, mirrors: Mirrors | None) -> bool:
    try:
        image = parse_image(frontend.strip().partition(" ")[0])
    except InvalidReference:
        return True
    if re.fullmatch(_DOCKERFILE_FRONTEND, image.repository):
        return False
    own = mirrors.resolve(parse_image(DOCKERFILE_FRONTEND)).replacement if mirrors else None
    return own is None or image.name != own.name


def _build_graph(analysis: Analysis) -> None:
    graph, file = analysis.graph, analysis.file
    graph.escape = file.escape
    global_args: list[tuple[Arg, int]] = []
    froms: list[tuple[From, State]] = []
    for order, (node, instruction) in enumerate(file.nodes):
        if isinstance(node, From):
            stage = State("", instruction.start, index=len(froms), name=node.stage_name)
            froms.append((node, stage))
            stage.order = order
        elif froms:
            _add_step(graph, froms[-1][1], Step(node, instruction.start, order))
        elif isinstance(node, Arg):
            global_args.append((node, instruction.start))
    if not froms:
        last_line = file.content.rstrip(b"\n").rfind(b"\n") + 1
        raise BuildError("dockerfile contains no stages to build", start=last_line)
    _set_up(analysis, global_args, froms)


def _add_step(graph: StageGraph, stage: State, step: Step) -> None:
    node = step.node
    if type(node) is not Other or node.bodies or any(may_fail(it.chars) for it in node.words):
        stage.steps.append(step)
    graph.has_triggers = graph.has_triggers or isinstance(node, OnBuild)


def _set_up(
    analysis: Analysis, global_args: Sequence[tuple[Arg, int]], froms: Sequence[tuple[From, State]]
) -> None:
    """Set the stages up, in BuildKit's order."""
    graph = analysis.graph
    target = analysis.conditions.target
    analysis.target_name = target or froms[-1][1].name or "default"
    for arg, start in global_args:
        try:
            analysis.args.declare(arg, start=start)
        except BuildError as error:
            _go_on(analysis, error)
    for node, stage in froms:
        _add_stage(analysis, node, stage)
    analysis.target = _target(graph, target)
    graph.connect()
    if graph.has_links:
        from cdk_ecr_public_pull.dockerfile.stages.unbuildable import refuse_cycles  # noqa: PLC0415  (few files have stages that take from others)

        refuse_cycles(graph.states)
    if graph.has_triggers:
        graph.fire_triggers(analysis.target)


def _go_on(analysis: Analysis, error: BuildError) -> None:
    """Note an error that a build argument may take away; raise any other."""
    if not error.missing_args:
        raise error
    analysis.errors.append(error.with_traceback(None))


def _add_stage(analysis: Analysis, node: From, stage: State) -> None:
    graph, word, start = analysis.graph, node.image, stage.start
    use = Use(Via.FROM, word, start, stage.order, stage=stage, users=(stage,), state=stage)
    try:
        if may_expand(word.chars, graph.escape):
            use.expansion = analysis.args.expand(word, start=start)
            _note_undeclared(analysis, use, word, use.expansion.names)
        stage.base_name = use.name.chars
        if not stage.base_name:
            names = use.expansion.names if use.expansion else ()
            message = f"base name ({word.chars}) should not be blank"
            raise from_error(analysis, message, use, names)
    except BuildError as error:
        _go_on(analysis, error)
        use.error = error
        stage.base_name = ""
    if node.platform is not None:
        _check_platform(analysis, node.platform, use)
    _check_alias(node, start)
    graph.add(stage)
    graph.uses.append(use)


def _check_platform(analysis: Analysis, platform: Text, use: Use) -> None:
    """Refuse a platform that is none; which it is matters to no name."""
    from cdk_ecr_public_pull.images.platform import (  # noqa: PLC0415  (few FROM lines have a platform)
        InvalidPlatform,
        parse_platform,
    )

    try:
        expansion = analysis.args.expand(platform, start=use.start)
    except BuildError as error:
        _go_on(analysis, error)
        return
    late = _note_undeclared(analysis, use, platform, expansion.names)
    if not expansion.text.chars:
        if expansion.names:
            message = f"empty platform value from expression {platform.chars}"
            _go_on(analysis, from_error(analysis, message, use, expansion.names, late))
        return
    try:
        parse_platform(expansion.text.chars)
    except InvalidPlatform as error:
        message = f"failed to parse platform {platform.chars}: {error}"
        _go_on(analysis, from_error(analysis, message, use, expansion.names, late))


def _note_undeclared(analysis: Analysis, use: Use, word: Text, names: Iterable[str]) -> list[str]:
    """Note variables that no ARG declares here; return those that one of an earlier stage does."""
    args = analysis.args
    found = []
    for name in sorted(names):
        if name in args.values or name in args.missing:
            continue
        end = span_of(word).start
        declared = (it.name for it in analysis.file.stage_args() if it.place < end)
        late = next((it for it in declared if it.chars == name), None)
        analysis.undeclared.append((use, word, name, late))
        if late is not None:
            found.append(name)
    return found


def _check_alias(node: From, start: int) -> None:
    # BuildKit looks for a build context of each stage's name, and those are references.
    if node.alias is None:
        return
    name = node.alias.chars.lower()
    try:
        parse_image(name)
    except InvalidReference as error:
        message = f"invalid context name {name}: {error}"
        raise BuildError.at(node.alias, message, start) from None


def _target(graph: StageGraph, name: str | None) -> State:
    found = graph.states[-1] if name is None else graph.find(name)
    if found is None:
        message = f'target stage "{name}" could not be found'
        raise BuildError(message, start=graph.states[-1].start)
    return found

"""Every image that the build of a Dockerfile pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.positions import Position, Positions, Span, span_of
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.stages import SCRATCH, Use, Via
from cdk_ecr_public_pull.dockerfile.words import Expansion
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import ImageReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A place of a Dockerfile that makes the build pull an image.

    Attributes:
        image: The image, with the tag ``latest`` where none is written.
        via: What kind of place it is.
        written: The word that is written there, quotes and variables included.
        span: The bytes of that word in the file.
        line: Its line, from 1.
        column: Its column in characters, from 1.
        stage: The stage that it is in, from 0; None for the syntax image.
        stage_name: That stage's name, or None.
        reachable: Whether the stage that is built needs the image.
        deferred: Whether it is an ONBUILD trigger that no stage of this file fires, so
            that only a build on top of the image pulls it.
        origin: The image's name, each character with the byte it comes from: in the
            word itself, or in the default of an ARG.
    """

    image: ImageReference
    via: Via
    written: str
    span: Span
    line: int
    column: int
    stage: int | None
    stage_name: str | None
    reachable: bool
    deferred: bool
    origin: Expansion


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerfileError:
    """Why BuildKit refuses a Dockerfile.

    Attributes:
        message: The cause, in BuildKit's words where it has some.
        line: The line at which it does, from 1.
        column: The column in characters, from 1.
        missing_args: The build arguments without which it does, and with which it may
            not; empty if it refuses whatever is given.
    """

    message: str
    line: int
    column: int
    missing_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPulls:
    """The pulls of a Dockerfile.

    Attributes:
        pulls: The pulls, in the order of the file.
        error: Why BuildKit refuses the file under these conditions, or None.
    """

    pulls: tuple[Pull, ...]
    error: DockerfileError | None


def find_pulls(
    content: bytes,
    *,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = DEFAULT_PLATFORM,
) -> FoundPulls:
    """Find every image that the build of a Dockerfile pulls.

    Args:
        content: The Dockerfile.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; the last one if left out. Pulls of all stages
            are found whatever it is; it decides which are ``reachable``.
        platform: The platform to build for, as ``--platform`` has it.

    Returns:
        The pulls, and the reason if BuildKit refuses the file; then the pulls are those
        that it asks for all the same.
    """
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    analysis = analyse(content, conditions)
    positions = Positions(content)
    refusals = analysis.refusals + _syntax_refusals(analysis)
    error = describe_refusal(refusals[0], positions) if refusals else None
    return FoundPulls(pulls=pulls_of(analysis, positions), error=error)


def pulls_of(analysis: Analysis, positions: Positions) -> tuple[Pull, ...]:
    """List the pulls of an analysed Dockerfile, in the order of the file."""
    found = [*_syntax_pulls(analysis, positions)]
    for use in analysis.graph.uses:
        pull = _pull(use, analysis, positions)
        if pull is not None:
            found.append(pull)
    return tuple(sorted(found, key=lambda pull: pull.span.start))


def describe_refusal(refusal: Refusal, positions: Positions) -> DockerfileError:
    """Say where a refusal is, in lines and columns."""
    position = Position(line=refusal.line, column=1)
    if refusal.offset is not None:
        position = positions.at(refusal.offset)
    return DockerfileError(
        message=refusal.message,
        line=refusal.line,
        column=position.column if position.line == refusal.line else 1,
        missing_args=refusal.missing_args,
    )


def _pull(use: Use, analysis: Analysis, positions: Positions) -> Pull | None:
    image = _image(use, analysis)
    if image is None:
        return None
    span = span_of(use.word)
    position = positions.at(span.start)
    return Pull(
        image=image,
        via=use.via,
        written=use.word.chars,
        span=span,
        line=position.line,
        column=position.column,
        stage=use.stage.index,
        stage_name=use.stage.name,
        reachable=any(id(user) in analysis.reachable for user in use.users),
        deferred=not use.users,
        origin=use.expansion,
    )


def _image(use: Use, analysis: Analysis) -> ImageReference | None:
    if use.state is not None:
        # A place that names a stage pulls nothing; the stage's own FROM does.
        if use.via is not Via.FROM and use.state.index is not None:
            return None
        return analysis.images.get(id(use.state))
    name = use.word.chars
    # In a trigger, a number or a stage's name means what the build on top makes of it.
    if name == SCRATCH or name.isdecimal() or analysis.graph.find(name):
        return None
    try:
        return ImageReference.parse(name).with_default_tag()
    except InvalidReference:
        return None


def _syntax_pulls(analysis: Analysis, positions: Positions) -> Iterator[Pull]:
    syntax = analysis.syntax
    if syntax is None or syntax.value.offsets[0] is None:
        return
    try:
        image = ImageReference.parse(syntax.value.chars)
    except InvalidReference:
        return
    span = span_of(syntax.value)
    position = positions.at(span.start)
    yield Pull(
        image=image.with_default_tag(),
        via=Via.SYNTAX,
        written=syntax.value.chars,
        span=span,
        line=position.line,
        column=position.column,
        stage=None,
        stage_name=None,
        reachable=True,
        deferred=False,
        origin=Expansion(text=syntax.value, variables=(), names=frozenset()),
    )


def _syntax_refusals(analysis: Analysis) -> list[Refusal]:
    syntax = analysis.syntax
    if syntax is None:
        return []
    try:
        ImageReference.parse(syntax.value.chars)
    except InvalidReference as error:
        message = f'failed to parse syntax image "{syntax.value.chars}": {error}'
        return [Refusal(message, line=syntax.line, offset=syntax.value.offsets[0])]
    return []


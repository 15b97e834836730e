"""Every image that the build of a Dockerfile pulls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text, span_of
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.graph import Use
from cdk_ecr_public_pull.dockerfile.stages.places import Analysis, Conditions
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.prefix import repository_length
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.locations import Location, Locations, Span


class Pull(NamedTuple):
    """A place of a Dockerfile that makes the build pull an image.

    Attributes:
        image: The image, with the tag ``latest`` where none is written. A part of its tag or
            digest that only a build argument tells is as it is written: ``${VERSION}``.
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
        origin: The bytes that name the repository: in the word itself, or in the default of
            an ARG. There are several where it is put together from parts, and none where it
            comes from outside of the file.
        unresolved: The build arguments that tell the rest of the name; empty if it is known.
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
    origin: tuple[Span, ...]
    unresolved: tuple[str, ...] = ()


class DockerfileError(NamedTuple):
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


class FoundPulls(NamedTuple):
    """The pulls of a Dockerfile.

    Attributes:
        pulls: The pulls, in the order of the file.
        error: Why BuildKit refuses the file under these conditions, or None.
        undeclared: The given build arguments that no ARG declares, so that nothing comes of
            them; empty for a file that cannot be read.
    """

    pulls: tuple[Pull, ...]
    error: DockerfileError | None
    undeclared: frozenset[str] = frozenset()


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
        that it asks for all the same, and those of which only the tag, the digest or the
        platform waits for a build argument.
    """
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    analysis = analyze(ParsedDockerfile(content), conditions)
    locations = Locations(content)
    reachable = analysis.reachable
    pulls = tuple(_pull(use, image, reachable, locations) for use, image in analysis.pulls)
    errors = analysis.errors
    error = _describe(errors[0], locations) if errors else None
    return FoundPulls(pulls=pulls, error=error, undeclared=_undeclared(analysis))


# https://docs.docker.com/reference/dockerfile/#predefined-args
_PREDEFINED = re.compile(
    r"(?:http|https|ftp|no|all)_proxy|SOURCE_DATE_EPOCH|BUILDKIT_\w+|(?:BUILD|TARGET)[A-Z]+",
    re.IGNORECASE,
)


def _undeclared(analysis: Analysis) -> frozenset[str]:
    given = analysis.conditions.build_args
    if not given or analysis.refusal is not None or analysis.is_foreign:
        return frozenset()
    in_stages = (it.name.chars for it in analysis.file.stage_args())
    declared = {*analysis.args.missing, *in_stages}
    return frozenset(
        name for name in given if name not in declared and not _PREDEFINED.fullmatch(name)
    )


def error_location(error: BuildError, locations: Locations) -> Location:
    """Where an error is: at the refused word, if that is on the instruction's first line.

    Args:
        error: The error.
        locations: The lines of the file.
    """
    start = locations.at(error.start)
    place = locations.at(error.start if error.offset is None else error.offset)
    return place if place.line == start.line else start


def _describe(error: BuildError, locations: Locations) -> DockerfileError:
    place = error_location(error, locations)
    return DockerfileError(
        message=error.message,
        line=place.line,
        column=place.column,
        missing_args=error.missing_args,
    )


def _pull(use: Use, image: ImageReference, reachable: set[int], locations: Locations) -> Pull:
    span = span_of(use.word)
    position = locations.at(span.start)
    is_syntax = use.via is Via.SYNTAX
    return Pull(
        image=image,
        via=use.via,
        written=use.word.chars,
        span=span,
        line=position.line,
        column=position.column,
        stage=use.stage.index if use.stage else None,
        stage_name=use.stage.name if use.stage else None,
        reachable=is_syntax or id(use.state) in reachable,
        deferred=not is_syntax and not use.users,
        origin=_origin(use.name),
        unresolved=use.unresolved,
    )


def _origin(name: Text) -> tuple[Span, ...]:
    """The bytes of a name's repository, with its registry."""
    spans: list[Span] = []
    for offset in name.offsets[: repository_length(name.chars)]:
        if offset is None:
            continue
        if spans and spans[-1].end == offset:
            spans[-1] = Span(spans[-1].start, offset + 1)
        else:
            spans.append(Span(offset, offset + 1))
    return tuple(spans)

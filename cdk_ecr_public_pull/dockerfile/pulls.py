"""Every image that the build of a Dockerfile pulls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Conditions, analyse
from cdk_ecr_public_pull.dockerfile.collector import collecting_later
from cdk_ecr_public_pull.dockerfile.moves import Via
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.dockerfile.text import span_of
from cdk_ecr_public_pull.dockerfile.words import Expansion
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.locations import Locations, Span


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


@collecting_later
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
    locations = Locations(content)
    reachable = analysis.reachable()
    pulls = tuple(_pull(use, image, reachable, locations) for use, image in analysis.pulls)
    refusals = analysis.refusals
    error = describe_refusal(refusals[0], locations) if refusals else None
    return FoundPulls(pulls=pulls, error=error)


def describe_refusal(refusal: Refusal, locations: Locations) -> DockerfileError:
    """Say where a refusal is, in lines and columns."""
    start = locations.at(refusal.start)
    place = locations.at(refusal.start if refusal.offset is None else refusal.offset)
    return DockerfileError(
        message=refusal.message,
        line=start.line,
        column=place.column if place.line == start.line else start.column,
        missing_args=refusal.missing_args,
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
        origin=use.expansion,
    )

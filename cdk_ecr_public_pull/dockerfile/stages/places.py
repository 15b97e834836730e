"""The places of a Dockerfile that name images, and the images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.dockerfile.instructions.nodes import SCRATCH
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text
from cdk_ecr_public_pull.dockerfile.stages.graph import StageGraph, State, Use
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.reference import (
    ImageReference,
    parse_image,
)

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.stages.build_args import BuildArgs


class Conditions(NamedTuple):
    """The conditions under which a Dockerfile is built.

    Attributes:
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``; the last one if None.
        platform: The platform that is built for.
    """

    build_args: Mapping[str, str] = MappingProxyType({})
    target: str | None = None
    platform: str = DEFAULT_PLATFORM


class Analysis:
    """What is known of a Dockerfile.

    Attributes:
        file: The file.
        conditions: How it is built.
        graph: Its stages, and the places that name images.
        target: The stage that is built; None if the file could not be cut into stages.
        pulls: The places that make a build pull an image, in the order of the file, and
            the images; first the one that parses the file.
        unknown: The FROM lines of which only a build argument tells the image.
        undeclared: The variables of FROM lines that no ARG before the first FROM declares: the
            line, the word, the name, and the one in an ARG of an earlier stage, which has no value
            here.
        frontend: The name of the image that reads the file; None if BuildKit itself does.
        errors: Why BuildKit refuses the file, in its order; empty if it does not.
        is_foreign: Whether another author's frontend reads the file: it is in that one's
            language then, and not read here.
    """

    def __init__(self, file: ParsedDockerfile, conditions: Conditions) -> None:
        self.file = file
        self.conditions = conditions
        self.graph = StageGraph()
        self.target: State | None = None
        self.pulls: list[tuple[Use, ImageReference]] = []
        self.unknown: list[Use] = []
        self.undeclared: list[tuple[Use, Text, str, Text | None]] = []
        self.errors: list[BuildError] = []
        self.frontend: str | None = None
        self.is_foreign = False
        self.target_name = ""
        self._args: BuildArgs | None = None
        self._reachable: set[int] | None = None

    @property
    def args(self) -> BuildArgs:
        """The variables of its FROM lines."""
        if self._args is None:
            from cdk_ecr_public_pull.dockerfile.stages import build_args  # noqa: PLC0415  (many files have none)

            conditions = self.conditions
            predefined = build_args.platform_args(conditions.platform, self.target_name)
            self._args = build_args.BuildArgs(
                given=conditions.build_args, predefined=predefined, escape=self.graph.escape
            )
        return self._args

    @property
    def reachable(self) -> set[int]:
        """The ids of the states that the build needs."""
        if self._reachable is None:
            self._reachable = self.graph.reachable_from(self.target) if self.target else set()
        return self._reachable

    @property
    def has_args(self) -> bool:
        """Whether a FROM line has variables, or an ARG stands before it."""
        # They are made when the first one is met.
        return self._args is not None

    @property
    def has_more_to_say(self) -> bool:
        """Whether there is something to be said beside its pulls."""
        return bool(self.errors or self.unknown or self.undeclared or self.is_foreign)

    @property
    def refusal(self) -> BuildError | None:
        """The first error that no build argument can take away."""
        return next((error for error in self.errors if not error.missing_args), None)


def find_images(analysis: Analysis) -> None:
    """Find the images that the places of a Dockerfile name.

    Args:
        analysis: What is known of the file; its images and errors are added.
    """
    refused: set[int] = set()
    for use in analysis.graph.uses:
        image = None
        if use.error is None:
            image = _image_of(analysis, use, refused)
        if use.error is not None and use.error.missing_args:
            image = _image_without_args(analysis, use)
            if image is None:
                analysis.unknown.append(use)
        if image is not None:
            analysis.pulls.append((use, image))
    analysis.pulls.sort(key=_in_file)


def from_error(
    analysis: Analysis, message: str, use: Use, names: Iterable[str], late: Iterable[str] = ()
) -> BuildError:
    """Make an error about a FROM line, with the variables that may take it away.

    Args:
        analysis: What is known of the file.
        message: The cause.
        use: The place of the line.
        names: The variables that it comes from.
        late: Those of them that only an ARG of an earlier stage declares.
    """
    error = BuildError.at(use.word, message, use.start)
    missing = analysis.args.missing_for(names) if names else ()
    error.missing_args = tuple(sorted({*missing, *late}))
    return error


def _image_of(analysis: Analysis, use: Use, refused: set[int]) -> ImageReference | None:
    """The image that a place names; None if it names none, or BuildKit refuses the name."""
    state = use.state
    name = use.word.chars if state is None else state.base_name
    if name == SCRATCH or not use.names_image:
        return None
    # In a trigger, a number or a stage's name means what the build on top makes of it.
    if state is None and (name.isdecimal() or analysis.graph.find(name)):
        return None
    try:
        return parse_image(name)
    except InvalidReference as error:
        if state is not None and id(state) not in refused:
            refused.add(id(state))
            names = use.expansion.names if use.expansion else ()
            message = f'failed to parse stage name "{name}": {error}'
            use.error = from_error(analysis, message, use, names)
            analysis.errors.append(use.error)
    return None


def _image_without_args(analysis: Analysis, use: Use) -> ImageReference | None:
    """The image of a FROM line of which build arguments tell the tag or the digest."""
    from cdk_ecr_public_pull.images.partial import UNKNOWN, with_written_parts  # noqa: PLC0415  (most FROM lines name their image)

    args = analysis.args.opened
    try:
        use.expansion = args.expand(use.word, start=use.start)
    except BuildError:
        return None
    name = use.expansion.text
    marks = [it for char, it in zip(name.chars, name.offsets, strict=True) if char == UNKNOWN]
    parts = [args.unresolved[it] for it in marks if it in args.unresolved]
    # A mark may also be a byte of the file.
    if not parts or len(parts) < len(marks):
        return None
    image = with_written_parts(name.chars, (part.written for part in parts))
    names = (name for part in parts for name in sorted(analysis.args.missing_for([part.name])))
    use.unresolved = tuple(dict.fromkeys(names)) if image is not None else ()
    return image


def _in_file(pull: tuple[Use, ImageReference]) -> tuple[int, int]:
    use = pull[0]
    return use.order, use.word.offsets[0] or 0

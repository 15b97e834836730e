"""The images that a buildspec makes a build pull, as far as reading it can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.buildspec.merge import POSIX_SHELLS
from cdk_ecr_public_pull.builds.plain_data import listed, mapping
from cdk_ecr_public_pull.builds.shell.docker_commands import ImageUse, NamedImage, named_images
from cdk_ecr_public_pull.builds.source_policy import POLICY_VARIABLE
from cdk_ecr_public_pull.images.mirrors import Mirrors, Verdict
from cdk_ecr_public_pull.images.partial import PartialReference, parse_partial
from cdk_ecr_public_pull.images.reference import DOCKER_HUB

# The images that CodeBuild itself has:
# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_CURATED = "aws/codebuild/"
_COMMAND_KEYS = ("commands", "finally")

# What tells an image's name from a host and its port, a user and a password, a version.
_IMAGE_ARGUMENT = re.compile(r"(?:.*_)?(?:BASE|FROM)|.*IMAGE", re.IGNORECASE)
_IMAGE_TAG = re.compile(r":(?:latest|lts|stable|[0-9]+[-.].+)|.*@.+")
# For all commands that follow, and not for the one that it stands before.
_SETS_POLICY = re.compile(rf"\bexport\b[^\n;&|]*\b{POLICY_VARIABLE}\b")
_OF_A_BUILD = frozenset({ImageUse.BUILD_ARG, ImageUse.BUILD_CONTEXT})
_KNOWN = frozenset({Verdict.MIRRORED, Verdict.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildImage:
    """An image that a build pulls.

    Attributes:
        place: Where it is named: ``phases.build.commands[0]``.
        use: What does it: ``docker run``; empty for the image that a build runs in.
        image: The image.
    """

    place: str
    use: str
    image: PartialReference


def build_spec_images(build_spec: Mapping[str, object], mirrors: Mirrors) -> list[BuildImage]:
    """Find the images that a buildspec names.

    Those of ``docker pull``, ``run`` and ``create`` are found, those that a build gets as a
    build context, those that it gets as a build argument and that cannot be anything but
    an image, those that write its SBOM attestations, and those that the tasks of a batch run
    in. Left out is what a shell variable names, what the buildspec itself builds or tags, a
    name that is none of Docker Hub's, unless it is pulled by name, and what a source policy
    moves.

    Args:
        build_spec: The buildspec, as ``parse_build_spec`` reads it; a text may hold
            ``UNKNOWN``.
        mirrors: Which images have copies, and which are local.
    """
    variables = mapping(mapping(build_spec.get("env")).get("variables"))
    return [
        *script_images(_scripts(build_spec), mirrors, has_policy=POLICY_VARIABLE in variables),
        *_batch_images(build_spec),
    ]


def script_images(
    scripts: Iterable[tuple[str, str]], mirrors: Mirrors, *, has_policy: bool = False
) -> list[BuildImage]:
    """Find the images that shell scripts make a machine pull, as ``build_spec_images`` does.

    Args:
        scripts: The place and the text of each script, which run one after the other.
        mirrors: As for ``build_spec_images``.
        has_policy: Whether a source policy is set before.
    """
    known = list(scripts)
    # Set in a build, it moves what docker build pulls, and says what is left alone.
    has_policy = has_policy or _SETS_POLICY.search("\n".join(it for _, it in known)) is not None
    named = [
        (place, image, has_policy or POLICY_VARIABLE in script)
        for place, script in known
        for image in named_images(script)
    ]
    made = {
        partial.reference.name
        for _, image, _ in named
        if image.use is ImageUse.MAKE and (partial := parse_partial(image.text)) is not None
    }
    return [
        BuildImage(place=place, use=image.use.value, image=partial)
        for place, image, is_moved in named
        if image.use is not ImageUse.MAKE
        and (partial := parse_partial(image.text)) is not None
        and _is_pulled(image, partial, made=made, has_policy=is_moved, mirrors=mirrors)
    ]


def environment_image(text: str, *, place: str) -> BuildImage | None:
    """The image that a build runs in.

    Args:
        text: The image; may hold ``UNKNOWN``.
        place: Where it is named.

    Returns:
        The image, or None if it is one of CodeBuild's own, or not known.
    """
    image = None if text.startswith(_CURATED) else parse_partial(text)
    return None if image is None else BuildImage(place=place, use="", image=image)


def _scripts(build_spec: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if mapping(build_spec.get("env")).get("shell") not in POSIX_SHELLS:
        return
    for phase, content in mapping(build_spec.get("phases")).items():
        for key in _COMMAND_KEYS:
            for index, command in enumerate(listed(mapping(content).get(key))):
                place = f"phases.{phase}.{key}[{index}]"
                if isinstance(command, str):
                    yield place, command


def _is_pulled(
    image: NamedImage,
    partial: PartialReference,
    *,
    made: Iterable[str],
    has_policy: bool,
    mirrors: Mirrors,
) -> bool:
    if image.use is ImageUse.PULL:
        return True
    if has_policy and image.use in _OF_A_BUILD:
        return False
    verdict = mirrors.resolve(partial.reference).verdict
    # A name that is none of Docker Hub's: what is run or built on is built before.
    if partial.reference.name in made or verdict is Verdict.UNKNOWN:
        return False
    if image.use is ImageUse.SBOM_SCANNER:
        return not (has_policy and verdict is Verdict.MIRRORED)
    if image.use is not ImageUse.BUILD_ARG:
        return True
    return verdict in _KNOWN and (
        image.text.startswith(("docker.io/", "index.docker.io/"))
        or partial.reference.registry != DOCKER_HUB
        or bool(_IMAGE_ARGUMENT.fullmatch(image.argument))
        or bool(_IMAGE_TAG.fullmatch(partial.version))
    )


def _batch_images(build_spec: Mapping[str, object]) -> Iterator[BuildImage]:
    """The images of a batch's tasks.

    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
    """
    batch = mapping(build_spec.get("batch"))
    for kind in ("build-graph", "build-list"):
        for index, task in enumerate(listed(batch.get(kind))):
            place = f"batch.{kind}[{index}].env.image"
            yield from _environment_images(mapping(task).get("env"), place)
    matrix = mapping(batch.get("build-matrix"))
    for half in ("static", "dynamic"):
        place = f"batch.build-matrix.{half}.env.image"
        yield from _environment_images(mapping(matrix.get(half)).get("env"), place)


def _environment_images(environment: object, place: str) -> Iterator[BuildImage]:
    for text in listed(mapping(environment).get("image")):
        if isinstance(text, str) and (image := environment_image(text, place=place)) is not None:
            yield image

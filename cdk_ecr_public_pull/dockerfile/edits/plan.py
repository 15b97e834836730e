"""Which bytes must change so that a build pulls its images from their copies.

An image is moved where its repository is *named*: in the word itself, or in the
default of the ARG that the name comes from, so that ``--build-arg`` keeps working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.parser.source_text import span_of
from cdk_ecr_public_pull.dockerfile.stages.graph import Use
from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution
from cdk_ecr_public_pull.images.prefix import replaced_prefix
from cdk_ecr_public_pull.images.reference import ImageReference, parse_image
from cdk_ecr_public_pull.report.edit import Edit

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.expansion.expand import Expansion
    from cdk_ecr_public_pull.dockerfile.stages.build_args import ArgSite, BuildArgs, EmptyDefault
    from cdk_ecr_public_pull.dockerfile.stages.places import Analysis


class Obstacle(Enum):
    """Why a name cannot be changed, or a build context not take its place."""

    GIVEN = auto()
    SCATTERED = auto()
    PREFIX_FROM_ARG = auto()
    SHARED_ARG = auto()
    ONBUILD = auto()
    DIGEST = auto()
    UNVERIFIED = auto()
    UNRESOLVED = auto()
    STAGE_NAME = auto()
    SYNTAX_IMAGE = auto()
    FRONTEND = auto()
    IGNORED_ELSEWHERE = auto()


class Move(NamedTuple):
    """How one name is moved, or why it cannot be.

    Attributes:
        edit: The change; None if there is an obstacle.
        site: The ARG default that is changed, or that an ARG without one gets; None if the
            word itself is changed.
        obstacle: What is in the way, or None.
        args: The ARGs that are in the way.
        context: The name of the build context that moves it; None if a change does.
    """

    edit: Edit | None = None
    site: ArgSite | EmptyDefault | None = None
    obstacle: Obstacle | None = None
    args: tuple[str, ...] = ()
    context: str | None = None


class Decision:
    """What is done about a pull.

    Attributes:
        use: The place that makes the build pull the image.
        image: The image.
        resolution: Where its copy is.
        move: How the pull is moved there; None if it stays as it is.
    """

    __slots__ = ("image", "move", "resolution", "use")

    def __init__(self, use: Use, image: ImageReference, resolution: Resolution) -> None:
        self.use = use
        self.image = image
        self.resolution = resolution
        self.move: Move | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the change puts the copy's name in the place of what is written, as it is.

        So it does if nothing is expanded or quoted in the word: then it needs no proof.
        """
        move, copy, name = self.move, self.resolution.replacement, self.use.name.chars
        if move is None or move.edit is None or copy is None or self.use.expansion is not None:
            return False
        length = move.edit.end - move.edit.start
        moved = f"{move.edit.replacement}{name[length:]}"
        return replaced_prefix(name, copy.name)[0] == length and parse_image(moved) == copy

    @property
    def is_mended(self) -> bool:
        """Whether a change, or a build context, moves the pull."""
        move = self.move
        return move is not None and (move.edit is not None or move.context is not None)


def decide(
    analysis: Analysis,
    mirrors: Mirrors,
    is_wanted: Callable[[int], bool],
    *,
    moves_digests: bool,
) -> list[Decision]:
    """Decide about every pull of a Dockerfile.

    Args:
        analysis: The file.
        mirrors: Where copies are.
        is_wanted: Says whether the pull that is named at a byte is to be reported, and so
            moved.
        moves_digests: Whether images are moved that are pinned by a digest, which the copy
            may not have.

    Returns:
        The decisions, in the order of the pulls.
    """
    decisions: list[Decision] = []
    planned: list[Decision] = []
    for use, image in analysis.pulls:
        decision = Decision(use, image, mirrors.resolve(image))
        decisions.append(decision)
        copy = decision.resolution.replacement
        if copy is None or not is_wanted(use.word.offsets[0] or 0):
            continue
        # In a trigger a bare name may be that of a stage of the Dockerfile on top.
        if use.via is Via.ONBUILD and not set(":/@") & set(use.word.chars):
            decision.move = Move(obstacle=Obstacle.ONBUILD)
        elif image.digest and not moves_digests:
            decision.move = Move(obstacle=Obstacle.DIGEST)
        else:
            move = _plan_move(use, copy.name, analysis)
            replaced = analysis.file.content[move.edit.start : move.edit.end] if move.edit else b""
            # Without the line feed, what follows it would no longer be on the line where it was.
            decision.move = Move(obstacle=Obstacle.UNVERIFIED) if b"\n" in replaced else move
        planned.append(decision)
    if any(it.move is not None and it.move.site is not None for it in planned):
        _settle_shared_args(planned, analysis)
    return decisions


def _plan_move(use: Use, new_name: str, analysis: Analysis) -> Move:
    """Find the smallest change that turns a name into another one.

    It may still be in conflict with another one: see ``_settle_shared_args``.
    """
    name = use.name
    length, replacement = replaced_prefix(name.chars, new_name)
    offsets = name.offsets[: length or 1]
    if use.expansion is None or not use.expansion.names:
        return Move(edit=_edit(offsets, length, replacement))
    # Of an image that is known in part, the parts are those that the file names.
    args = analysis.args.opened if use.unresolved else analysis.args
    names = use.expansion.names
    if None in offsets:
        given = tuple(sorted(name for name in names if name in args.given))
        return Move(obstacle=Obstacle.GIVEN, args=given)
    places = [offset for offset in offsets if offset is not None]
    in_word = span_of(use.word)
    sites = {
        None if in_word.start <= place < in_word.end else args.site_at(place) for place in places
    }
    if len(sites) > 1 or places != sorted(places):
        return Move(obstacle=Obstacle.SCATTERED, args=tuple(sorted(names)))
    if empty := _empty_before(use.expansion, places[-1], args):
        return _fill(empty, args, replacement, is_whole=not length)
    return Move(edit=_edit(places, length, replacement), site=sites.pop())


def _fill(empty: frozenset[str], args: BuildArgs, prefix: str, *, is_whole: bool) -> Move:
    """Put what stands before a name into the one ARG that is empty there.

    That is the idiom of ``ARG REGISTRY=""`` with ``FROM ${REGISTRY}node``.
    """
    # Where the name must lose its own beginning, the prefix is not all that is missing.
    sites = [args.empty.get(name) for name in empty]
    site = sites[0] if is_whole and len(sites) == 1 else None
    if site is None:
        return Move(obstacle=Obstacle.PREFIX_FROM_ARG, args=tuple(sorted(empty)))
    return Move(edit=Edit(site.place, site.place, site.before + prefix), site=site)


def _edit(offsets: Sequence[int | None], length: int, replacement: str) -> Edit:
    start, last = offsets[0], offsets[-1]
    if start is None or last is None:
        msg = "a change outside the file"
        raise ValueError(msg)
    return Edit(start, last + 1 if length else start, replacement)


def _empty_before(expansion: Expansion, place: int, args: BuildArgs) -> frozenset[str]:
    """The ARGs that are empty here and could put something before the byte ``place``."""
    empty: frozenset[str] = frozenset()
    level: Expansion | None = expansion
    while level is not None and place in level.text.offsets:
        index = level.text.offsets.index(place)
        following: Expansion | None = None
        for variable, inner in zip(level.variables, level.inner, strict=True):
            if variable.length == 0 and variable.start <= index:
                empty |= args.missing_for([variable.name])
            elif variable.start <= index < variable.start + variable.length:
                following = inner
        level = following
    return empty


def _settle_shared_args(planned: Sequence[Decision], analysis: Analysis) -> None:
    """Give up changes to ARGs that others need to stay as they are, or to change otherwise.

    Args:
        planned: The decisions about pulls that shall move.
        analysis: The file; its other places, those of stages among them, must not change.
    """
    changed = {d.move.site.name for d in planned if d.move is not None and d.move.site is not None}
    wanted: dict[object, set[Edit | None]] = {}
    moves = {id(decision.use): decision.move for decision in planned}
    for use in analysis.graph.uses:
        move = moves.get(id(use))
        for site in _sites(use, analysis.args, changed):
            is_changed = move is not None and move.site == site
            wanted.setdefault(site, set()).add(move.edit if move and is_changed else None)
    for decision in planned:
        move = decision.move
        if move is not None and move.site is not None and len(wanted[move.site]) > 1:
            decision.move = Move(obstacle=Obstacle.SHARED_ARG, args=(move.site.name,))


def _sites(use: Use, args: BuildArgs, changed: Iterable[str]) -> Iterable[ArgSite | EmptyDefault]:
    """The ARG defaults that a name comes from, or would come from if they were not empty."""
    if use.expansion is None or not use.expansion.names:
        return set()
    found = (args.site_at(offset) for offset in use.name.offsets if offset is not None)
    empty = (args.empty.get(name) for name in args.missing_for(use.expansion.names) & {*changed})
    return {site for site in (*found, *empty) if site is not None}


def context_name(image: ImageReference) -> str:
    """The name of the build context that takes the place of an image: ``node:21``."""
    return image.familiar.removesuffix(":latest")

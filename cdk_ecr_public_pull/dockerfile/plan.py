"""Which bytes must change so that a build pulls an image from its copy.

An image is moved where its repository is *named*: in the word itself, or in the
default of the ARG that the name comes from, so that ``--build-arg`` keeps working.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdk_ecr_public_pull.dockerfile.build_args import BuildArgs
from cdk_ecr_public_pull.dockerfile.moves import ArgSite, Move, Obstacle, replaced_prefix
from cdk_ecr_public_pull.dockerfile.text import Text, span_of
from cdk_ecr_public_pull.dockerfile.words import Expansion
from cdk_ecr_public_pull.report.edit import Edit


def plan_move(origin: Expansion, new_name: str, args: BuildArgs, word: Text) -> Move:
    """Find the smallest change that turns a name into another one.

    Args:
        origin: The name as it is, with tag and digest, and where it comes from.
        new_name: The name that it shall be, without tag and digest.
        args: The variables of the FROM lines.
        word: The word that the name is read from.

    Returns:
        The change, which may still be in conflict with another one: see
        ``settle_shared_args``.
    """
    length, replacement = replaced_prefix(origin.text.chars, new_name)
    offsets = origin.text.offsets[: length or 1]
    if not origin.names:
        return Move(edit=_edit(offsets, length, replacement))
    if None in offsets:
        names = tuple(sorted(name for name in origin.names if name in args.given))
        return Move(obstacle=Obstacle.GIVEN, args=names)
    places = [offset for offset in offsets if offset is not None]
    in_word = span_of(word)
    sites = {
        None if in_word.start <= place < in_word.end else args.site_at(place) for place in places
    }
    if len(sites) > 1 or places != sorted(places):
        return Move(obstacle=Obstacle.SCATTERED, args=tuple(sorted(origin.names)))
    if empty := _empty_before(origin, places[-1], args):
        return Move(obstacle=Obstacle.PREFIX_FROM_ARG, args=tuple(sorted(empty)))
    return Move(edit=_edit(places, length, replacement), site=sites.pop())


def settle_shared_args(
    moves: Sequence[tuple[Move, Expansion]], fixed: Iterable[Expansion], args: BuildArgs
) -> list[Move]:
    """Give up changes to ARGs that others need to stay as they are, or to change otherwise.

    Args:
        moves: The planned moves, each with the name that it moves.
        fixed: The names that must not change, those of stages among them.
        args: The variables of the FROM lines.

    Returns:
        The moves, with ``SHARED_ARG`` in the place of those given up.
    """
    wanted: dict[ArgSite, set[Edit | None]] = {}
    for move, origin in moves:
        for site in _sites(origin, args):
            wanted.setdefault(site, set()).add(move.edit if move.site == site else None)
    for origin in fixed:
        for site in _sites(origin, args):
            wanted.setdefault(site, set()).add(None)
    return [
        Move(obstacle=Obstacle.SHARED_ARG, args=(move.site.name,))
        if move.site is not None and len(wanted[move.site]) > 1
        else move
        for move, _ in moves
    ]


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


def _sites(origin: Expansion, args: BuildArgs) -> set[ArgSite]:
    """The ARG defaults that characters of a name come from."""
    if not origin.names:
        return set()
    found = (args.site_at(offset) for offset in origin.text.offsets if offset is not None)
    return {site for site in found if site is not None}

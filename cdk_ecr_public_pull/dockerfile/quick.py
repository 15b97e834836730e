"""The quick way for the usual Dockerfile.

It gives the same as the long way of ``rewrite``, which a test holds, and gives up where
it cannot: where an ARG would have to change for one name and not for another, or a stage
may see the change. It finds the pulls of the changed file again, too, and answers only if
they are the old ones, moved.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.edits import Edit, apply_edits, in_order
from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Place, Via, replaced_prefix
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.usual import (
    Named,
    Origin,
    Usual,
    find_usual,
    names_in_stages,
)
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution, Verdict
from cdk_ecr_public_pull.images.reference import ImageReference, parse_image

# Enough for all images of a large repository.
_MOST_KNOWN = 4096
_STAYS = Move()


@dataclass(slots=True, eq=False, repr=False)
class _Moving:
    """What is done about an image: its copy, and the change of its name's beginning."""

    image: ImageReference
    resolution: Resolution
    length: int
    replacement: str
    needs_report: bool


@dataclass(slots=True, eq=False, repr=False)
class QuickRewrite:
    """A rewritten Dockerfile.

    Attributes:
        content: The new content.
        edits: The changes.
        decisions: What is done about each pull that something is to be said about.
    """

    content: bytes
    edits: tuple[Edit, ...]
    decisions: list[Decision]


def rewrite_quickly(content: bytes, mirrors: Mirrors, *, report_all: bool) -> QuickRewrite | None:
    """Move the pulls of a usual Dockerfile.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are.
        report_all: Whether something is to be said about the pulls that are moved.

    Returns:
        The outcome, or None if the file takes the long way.
    """
    found = find_usual(content)
    if found is None:
        return None
    moves: list[Move] = []
    decisions: list[Decision] = []
    for index, place in enumerate(found.named):
        if place[4] is not None:
            moves.append(_STAYS)
            continue
        moving = _moving(place[3], mirrors)
        if moving is None:
            return None
        move = _move(place[1], moving, found.origins.get(index))
        if move is None:
            return None
        moves.append(move)
        if moving.needs_report or (report_all and move.edit):
            decisions.append(_decision(place, moving, move))
    if all(move.edit is None for move in moves):
        return QuickRewrite(content, (), decisions)
    return _changed(content, found, moves, decisions)


def _changed(
    content: bytes, found: Usual, moves: list[Move], decisions: list[Decision]
) -> QuickRewrite | None:
    if found.origins and _is_seen_elsewhere(content, found, moves):
        return None
    edits = {move.edit for move in moves if move.edit}
    new_content = apply_edits(content, edits)
    check = find_usual(new_content)
    if check is None or check.named != _relocated(found.named, moves):
        return None
    return QuickRewrite(new_content, tuple(in_order(edits)), decisions)


def _move(start: int, moving: _Moving, origin: Origin | None) -> Move | None:
    """The change of a name where it begins: in the word, or in the default of an ARG."""
    length = moving.length
    if not moving.replacement:
        return _STAYS
    if origin is None:
        return Move(edit=Edit(start, start + length, moving.replacement))
    if max(length, 1) > origin.length:
        return None
    if origin.site is not None:
        start = origin.site.start
    return Move(edit=Edit(start, start + length, moving.replacement), site=origin.site)


def _decision(place: Named, moving: _Moving, move: Move) -> Decision:
    via, start, word, *_ = place
    named = Place(via, Text(word, range(start, start + len(word))))
    return Decision(named, moving.image, moving.resolution, move)


def _is_seen_elsewhere(content: bytes, found: Usual, moves: list[Move]) -> bool:
    """Whether a default that changes is part of another name, too, or declared in a stage."""
    wanted: dict[str, set[Move]] = {}
    for index, origin in found.origins.items():
        move = moves[index]
        for variable in origin.variables:
            is_changed = move.site is not None and move.site.name == variable
            wanted.setdefault(variable, set()).add(move if is_changed else _STAYS)
    changed = {move.site.name for move in moves if move.site}
    return any(len(wanted[name]) > 1 for name in changed) or not changed.isdisjoint(
        names_in_stages(content, found.head)
    )


def _relocated(named: list[Named], moves: list[Move]) -> list[Named]:
    """The places as they must be after the changes."""
    in_head = {move.edit for move in moves if move.edit and move.site}
    head_shift = sum(_growth(edit) for edit in in_head)
    relocated: list[Named] = []
    shift = 0
    for (via, start, word, name, stage, alias), move in zip(named, moves, strict=True):
        new_start = start + shift + (0 if via is Via.SYNTAX else head_shift)
        new_word, new_name = word, name
        if edit := move.edit:
            length = edit.end - edit.start
            new_name = edit.replacement + name[length:]
            if move.site is None:
                new_word = edit.replacement + word[length:]
                shift += _growth(edit)
        relocated.append((via, new_start, new_word, new_name, stage, alias))
    return relocated


def _growth(edit: Edit) -> int:
    return len(edit.replacement) - (edit.end - edit.start)


def _moving(name: str, mirrors: Mirrors) -> _Moving | None:
    known: dict[str, _Moving | None] = mirrors.memo.setdefault("quick", {})
    if name not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[name] = _work_out(name, mirrors)
    return known[name]


def _work_out(name: str, mirrors: Mirrors) -> _Moving | None:
    try:
        image = parse_image(name)
    except InvalidReference:
        return None
    resolution = mirrors.resolve(image)
    copy = resolution.replacement
    if copy is None:
        is_quiet = resolution.verdict in (Verdict.NOT_DOCKER_HUB, Verdict.LOCAL)
        return _Moving(image, resolution, 0, "", not is_quiet)
    length, replacement = replaced_prefix(name, copy.name)
    if not replacement or parse_image(replacement + name[length:]) != copy.with_default_tag():
        return None
    return _Moving(image, resolution, length, replacement, image.digest is not None)

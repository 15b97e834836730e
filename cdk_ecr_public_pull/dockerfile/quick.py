"""The quick way for the usual Dockerfile.

It gives the same as the long way of ``rewrite``, which a test holds, and gives up where
it cannot: where an ARG would have to change for one name and not for another, or a stage
may see the change. It finds the pulls of the changed file again, too, and answers only if
they are the old ones, moved.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from cdk_ecr_public_pull.report.edit import Edit, apply_edits, in_order

# Enough for all images of a large repository.
_MOST_KNOWN = 4096


@dataclass(slots=True, eq=False, repr=False)
class Moving:
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
    edits: list[Edit | None] = []
    decisions: list[Decision] = []
    for index, place in enumerate(found.named):
        _, word_start, _, name, stage, _ = place
        edit = None
        if stage is None:
            moving = moving_of(name, mirrors)
            origin = found.origins.get(index) if found.origins else None
            if moving is None or (origin and moving.length > origin.length):
                return None
            if moving.replacement:
                start = origin.site.start if origin and origin.site else word_start
                edit = Edit(start, start + moving.length, moving.replacement)
            if moving.needs_report or (report_all and edit):
                decisions.append(_decision(place, moving, edit, origin))
        edits.append(edit)
    if edits.count(None) == len(edits):
        return QuickRewrite(content, (), decisions)
    return _changed(content, found, edits, decisions)


def _decision(place: Named, moving: Moving, edit: Edit | None, origin: Origin | None) -> Decision:
    via, start, word, *_ = place
    named = Place(via, Text(word, range(start, start + len(word))))
    move = Move(edit=edit, site=origin.site if origin and edit else None)
    return Decision(named, moving.image, moving.resolution, move)


def _changed(
    content: bytes, found: Usual, edits: list[Edit | None], decisions: list[Decision]
) -> QuickRewrite | None:
    """The changed file, if its pulls are the old ones, moved."""
    made = [edit for edit in edits if edit is not None]
    if found.origins:
        if _is_seen_elsewhere(content, found, edits):
            return None
        # That of an ARG stands in it once for each name that it moves.
        made = in_order(set(made))
    new_content = apply_edits(content, made)
    check = find_usual(new_content)
    if check is None or check.named != _relocated(found, edits):
        return None
    return QuickRewrite(new_content, tuple(made), decisions)


def _is_seen_elsewhere(content: bytes, found: Usual, edits: list[Edit | None]) -> bool:
    """Whether a default that changes is part of another name, too, or declared in a stage."""
    wanted: dict[str, set[Edit | None]] = {}
    changed: set[str] = set()
    for index, origin in found.origins.items():
        site, edit = origin.site, edits[index]
        if site and edit:
            changed.add(site.name)
        for variable in origin.variables:
            is_changed = site is not None and site.name == variable
            wanted.setdefault(variable, set()).add(edit if is_changed else None)
    return any(len(wanted[name]) > 1 for name in changed) or not changed.isdisjoint(
        names_in_stages(content, found.head)
    )


def _relocated(found: Usual, edits: list[Edit | None]) -> list[Named]:
    """The places as they must be after the changes."""
    in_head = {edits[index] for index, origin in found.origins.items() if origin.site}
    head_shift = sum(len(e.replacement) - (e.end - e.start) for e in in_head if e)
    relocated: list[Named] = []
    shift = 0
    for (via, start, word, name, stage, alias), edit in zip(found.named, edits, strict=True):
        new_start = start + shift + (0 if via is Via.SYNTAX else head_shift)
        if edit is None:
            relocated.append((via, new_start, word, name, stage, alias))
            continue
        length, replacement = edit.end - edit.start, edit.replacement
        new_word = word
        if not in_head or edit not in in_head:
            new_word = replacement + word[length:]
            shift += len(replacement) - length
        relocated.append((via, new_start, new_word, replacement + name[length:], stage, alias))
    return relocated


def moving_of(name: str, mirrors: Mirrors) -> Moving | None:
    """What is done about an image that a usual Dockerfile names; None if that is a long story."""
    known: dict[str, Moving | None] = mirrors.memo.setdefault("quick", {})
    if name not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[name] = _work_out(name, mirrors)
    return known[name]


def _work_out(name: str, mirrors: Mirrors) -> Moving | None:
    try:
        image = parse_image(name)
    except InvalidReference:
        return None
    resolution = mirrors.resolve(image)
    copy = resolution.replacement
    if copy is None:
        is_quiet = resolution.verdict in (Verdict.NOT_DOCKER_HUB, Verdict.LOCAL)
        return Moving(image, resolution, 0, "", not is_quiet)
    length, replacement = replaced_prefix(name, copy.name)
    if not replacement or parse_image(replacement + name[length:]) != copy.with_default_tag():
        return None
    return Moving(image, resolution, length, replacement, image.digest is not None)

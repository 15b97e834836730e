"""What is said about a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.dockerfile.edits.plan import Move, Obstacle
from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text, span_of
from cdk_ecr_public_pull.dockerfile.pulls import error_location
from cdk_ecr_public_pull.dockerfile.stages.build_args import EmptyDefault
from cdk_ecr_public_pull.dockerfile.stages.graph import Use
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Verdict
from cdk_ecr_public_pull.images.partial import UNKNOWN
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference, parse_image
from cdk_ecr_public_pull.report.locations import Location
from cdk_ecr_public_pull.report.rules import Rule
from cdk_ecr_public_pull.report.verdicts import explain_verdict, repository_key

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.edits.plan import Decision
    from cdk_ecr_public_pull.dockerfile.stages.places import Analysis
    from cdk_ecr_public_pull.images.mirrors import Mirrors
    from cdk_ecr_public_pull.report.reporter import Reporter


# What has no copy: the repository has none, or it is not known whether it has one.
_WITHOUT_COPY = (Verdict.NO_MIRROR, Verdict.UNKNOWN)
# An image to show a name with, where nothing is known of the one that is meant.
_EXAMPLE = "node:21"
_UNSAFE = "check that {copy} exists, then move it with: ecr-public-pull fix --unsafe-fixes"
# What to do about a pull that stays, where there is no rule of its own for it.
_REMEDIES = {
    Obstacle.GIVEN: "pass the name of its copy as the build argument: {copy}",
    Obstacle.DIGEST: _UNSAFE,
    Obstacle.UNVERIFIED: "write {copy} by hand: the change could not be shown to be safe",
    Obstacle.UNRESOLVED: (
        "build from a RewrittenBuildContext, or give the asset the build argument: a build context "
        "has the whole name of an image"
    ),
    Obstacle.STAGE_NAME: (
        "build from a RewrittenBuildContext, or rename the stage: a build context named like the "
        "image would take the stage's place"
    ),
    Obstacle.SYNTAX_IMAGE: (
        "build from a RewrittenBuildContext, or pass the build argument BUILDKIT_SYNTAX={copy}: "
        "before BuildKit 0.12 no build context moves the syntax image"
    ),
    Obstacle.FRONTEND: (
        "build from a RewrittenBuildContext, or let # syntax= name docker/dockerfile 1.4 or newer: "
        "an older frontend, or another one, may refuse a build that has build contexts"
    ),
    Obstacle.IGNORED_ELSEWHERE: (
        "build from a RewrittenBuildContext, or take away the comment that ignores another pull "
        "of this image: a build context moves all of them"
    ),
}
_SEE_DOCUMENTATION = "see in its documentation what the file pulls"


def findings_about(
    analysis: Analysis,
    decisions: Iterable[Decision],
    mirrors: Mirrors,
    reporter: Reporter,
    *,
    tell_mended: bool,
    changed_args: Iterable[str] = (),
) -> None:
    """Say all that is to be said about a file.

    Args:
        analysis: The file as it was given.
        decisions: What is done about each of its pulls.
        mirrors: Where copies are.
        reporter: Makes the findings, and keeps them.
        tell_mended: Whether the pulls that a change moves are findings, too.
        changed_args: The variables of the FROM lines whose values a change changes.
    """
    refusal = analysis.refusal
    if refusal is not None:
        _refused(analysis, refusal, reporter)
        return
    if analysis.is_foreign and not analysis.pulls:
        message = "the frontend that BUILDKIT_SYNTAX names reads this file in a language of its own"
        reporter.to_line_end(Location(1, 1), Rule.FOREIGN_FRONTEND, message, _SEE_DOCUMENTATION)
    for decision in decisions:
        _about(decision, analysis, reporter, tell_mended=tell_mended)
    for use in analysis.unknown:
        _needs_build_arg(use, mirrors, reporter)
    for _, word, _, late in analysis.undeclared:
        if late is not None:
            _late_arg(word, late, reporter)
    if changed_args:
        _reached(analysis, frozenset(changed_args), reporter)


def _about(
    decision: Decision, analysis: Analysis, reporter: Reporter, *, tell_mended: bool
) -> None:
    use, resolution = decision.use, decision.resolution
    if use.via is Via.SYNTAX and analysis.is_foreign:
        _foreign(decision, reporter)
    elif resolution.replacement is None:
        _without_copy(decision, reporter)
    copy, move = resolution.replacement, decision.move
    if copy is None or move is None:
        return
    if tell_mended or not decision.is_mended:
        _pulled(decision, move, copy, reporter)
    if decision.image.digest:
        message = f"the digest of {decision.image.familiar} may not exist on {copy.registry}"
        remedy = f"check that {copy.name}@{copy.digest} exists; copies were seen to differ"
        reporter.at(span_of(use.word), Rule.DIGEST_PIN, message, remedy)


def _without_copy(decision: Decision, reporter: Reporter) -> None:
    resolution, name = decision.resolution, decision.image.familiar
    explained = explain_verdict(resolution, name)
    if decision.use.via is Via.SYNTAX and resolution.verdict in _WITHOUT_COPY:
        message = f"the syntax image {name} is pulled from Docker Hub; no copy is known"
        remedy = (
            "remove the line, so that the frontend built into BuildKit is used; or name a copy of "
            f'it under mirrors: {repository_key(decision.image)} = "…"'
        )
        explained = Rule.SYNTAX_FRONTEND, message, remedy
    if explained is not None:
        reporter.at(span_of(decision.use.word), *explained)


def _pulled(decision: Decision, move: Move, copy: ImageReference, reporter: Reporter) -> None:
    """A pull from Docker Hub that has a copy, and what keeps it from being moved."""
    span, image = span_of(decision.use.word), decision.image
    if move.obstacle is not None:
        rule, message, remedy = _explain(move, copy)
        if rule is not None:
            reporter.at(span, rule, message, remedy)
    else:
        remedy = f"pull {copy}{_where(move, reporter)}"
    # A mirror may be declared for another registry, too.
    source = "Docker Hub" if image.registry == DOCKER_HUB else image.registry
    message = f"{image.familiar} is pulled from {source}"
    reporter.at(span, Rule.DOCKER_HUB_PULL, message, remedy, move.edit)


def _explain(move: Move, copy: ImageReference) -> tuple[Rule | None, str, str]:
    """Why a pull is not moved: the rule of its own, if it has one, the cause, the remedy."""
    names = ", ".join(f"ARG {name}" for name in move.args)
    verb = "is" if len(move.args) == 1 else "are"
    match move.obstacle:
        case Obstacle.PREFIX_FROM_ARG:
            return (
                Rule.NEEDS_BUILD_ARG,
                f"{names} {verb} empty here, and could put a registry before this name",
                f"let one ARG, or the line itself, hold the whole name: {copy}",
            )
        case Obstacle.ONBUILD:
            return (
                Rule.ONBUILD_AMBIGUOUS,
                "this name means an image or a stage, as the Dockerfile on top decides",
                f"if the image is meant, write {copy}",
            )
        case Obstacle.SHARED_ARG:
            return (
                Rule.AMBIGUOUS_ARG,
                f"{names} is used in several places that need different values",
                "give each of these places an ARG of its own",
            )
        case Obstacle.SCATTERED:
            return (
                Rule.AMBIGUOUS_ARG,
                f"the name is put together from several parts: {names}",
                f"let one ARG, or the line itself, hold it: {copy}",
            )
    return None, "", _REMEDIES[move.obstacle or Obstacle.UNVERIFIED].format(copy=copy)


def _where(move: Move, reporter: Reporter) -> str:
    site = move.site
    if site is None:
        return ""
    if isinstance(site, EmptyDefault):
        line = reporter.locations.at(site.place).line
        value = move.edit.replacement.removeprefix(site.before) if move.edit else ""
        given = f"pass --build-arg {site.name}={value}"
        return f": {given}, or make that the default of ARG {site.name} on line {line}"
    line = reporter.locations.at(site.start).line
    return f", by the default of ARG {site.name} on line {line}"


def _foreign(decision: Decision, reporter: Reporter) -> None:
    image, verdict = decision.image, decision.resolution.verdict
    source = ""
    remedy = _SEE_DOCUMENTATION
    if verdict in _WITHOUT_COPY:
        source = "is pulled from Docker Hub, and "
        key = repository_key(image)
        remedy = (
            f'copy it to a registry of yours, and name that under mirrors: {key} = "…"; {remedy}'
        )
    message = (
        f"{image.familiar} {source}reads this file in a language of its own: "
        "what the file pulls is not looked at"
    )
    reporter.at(span_of(decision.use.word), Rule.FOREIGN_FRONTEND, message, remedy)


def _refused(analysis: Analysis, error: BuildError, reporter: Reporter) -> None:
    message = f"BuildKit refuses this file: {error.message}"
    remedy = "mend this line; nothing is changed before the file builds"
    for use, _, name, late in analysis.undeclared:
        if use.start != error.start:
            continue
        remedy = f"declare ARG {name} before the first FROM"
        if late is not None:
            line = reporter.locations.at(span_of(late).start).line
            remedy += f": the one on line {line} counts in its stage alone"
        break
    place = error_location(error, reporter.locations)
    reporter.to_line_end(place, Rule.INVALID_DOCKERFILE, message, remedy)


def _late_arg(word: Text, declared: Text, reporter: Reporter) -> None:
    line = reporter.locations.at(span_of(declared).start).line
    message = (
        f"ARG {declared.chars} has no value here: it is declared behind a FROM, on line {line}, "
        "and counts in that stage alone"
    )
    remedy = f"declare ARG {declared.chars} before the first FROM"
    reporter.at(span_of(word), Rule.NEEDS_BUILD_ARG, message, remedy)


def _needs_build_arg(use: Use, mirrors: Mirrors, reporter: Reporter) -> None:
    error = use.error
    if error is None:
        return
    names = error.missing_args
    values = [_example(use, mirrors)] if len(names) == 1 else ["…"] * len(names)
    given = " ".join(f"--build-arg {name}={it}" for name, it in zip(names, values, strict=True))
    verb = "has" if len(names) == 1 else "have"
    message = f"only a build argument tells what is pulled here: {', '.join(names)} {verb} no value"
    pronoun = "it" if len(names) == 1 else "them"
    remedy = f"pass {given}, or give {pronoun} a default in ARG {', ARG '.join(names)}"
    place = error_location(error, reporter.locations)
    reporter.to_line_end(place, Rule.NEEDS_BUILD_ARG, message, remedy)


def _example(use: Use, mirrors: Mirrors) -> str:
    """What a build argument may be that comes first in a name, so that a copy is pulled."""
    name = "" if use.expansion is None else use.expansion.text.chars
    if name == UNKNOWN:
        return str(mirrors.resolve(parse_image(_EXAMPLE)).replacement or "…")
    first, slash, rest = name.partition("/")
    if first != UNKNOWN or not slash or UNKNOWN in rest:
        return "…"
    try:
        copy = mirrors.resolve(parse_image(rest)).replacement
    except InvalidReference:
        return "…"
    path = parse_image(rest).name.removeprefix(f"{DOCKER_HUB}/library")
    return copy.name.removesuffix(path) if copy is not None else "…"


def _reached(analysis: Analysis, changed: frozenset[str], reporter: Reporter) -> None:
    for definition in analysis.file.stage_args():
        name = definition.name.chars
        if definition.default is None and name in changed:
            message = f"this stage reads ARG {name}, and its default changes"
            remedy = "see whether a command of the stage depends on the old value"
            reporter.at(span_of(definition.name), Rule.ARG_REACHES_STAGE, message, remedy)

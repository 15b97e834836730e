"""The findings about a Dockerfile, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Obstacle, Place, Via
from cdk_ecr_public_pull.dockerfile.text import Text, span_of
from cdk_ecr_public_pull.images.mirrors import Resolution, Verdict
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference
from cdk_ecr_public_pull.report.edit import Edit
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.locations import Location, Locations
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings

_IGNORE = re.compile(r"\s*#\s*ecr-public-pull:\s*ignore\[([a-z\s,-]*)\]")
# Where the copies of official images are, as an example for others.
COPIES = "public.ecr.aws/docker/library/"
# What to do about a pull that stays, where there is no rule of its own for it.
_REMEDIES = {
    Obstacle.GIVEN: "pass the name of its copy as the build argument: {copy}",
    Obstacle.UNVERIFIED: "write {copy} by hand: the change could not be shown to be safe",
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


class Reporter:
    """Writes the findings about one file.

    Args:
        content: The file.
        path: The file, as it was named.
        settings: The rules' severities.
    """

    def __init__(self, content: bytes, *, path: str, settings: RuleSettings) -> None:
        self.path = path
        self.locations = Locations(content)
        self.settings = settings

    def wants_pull(self, place: Place) -> bool:
        """Whether a pull from Docker Hub is to be reported at a place."""
        rule = Rule.DOCKER_HUB_PULL
        if not self.settings.wants_pulls:
            return False
        if not self.locations.has_ignores:
            return True
        return not self._ignores(rule, self.locations.at(span_of(place.word).start).line)

    def about(
        self, decisions: Iterable[Decision], *, tell_mended: bool = False
    ) -> tuple[Finding, ...]:
        """The findings about pulls.

        Args:
            decisions: What is done about each of them, in the order of the file.
            tell_mended: Whether the pulls that a change moves are findings, too.
        """
        return tuple(
            finding
            for decision in decisions
            for finding in self._about(decision, tell_mended=tell_mended)
        )

    def _about(self, decision: Decision, *, tell_mended: bool) -> Iterator[Finding]:
        word, resolution = decision.place.word, decision.resolution
        name = decision.image.familiar
        match resolution.verdict:
            case Verdict.MIRRORED:
                yield from self._mirrored(decision, tell_mended=tell_mended)
            case Verdict.NO_MIRROR | Verdict.UNKNOWN if decision.place.via is Via.SYNTAX:
                message = f"the syntax image {name} is pulled from Docker Hub; no copy is known"
                remedy = "remove the line, so that the frontend built into BuildKit is used"
                yield from self.at(Rule.SYNTAX_FRONTEND, word, message, remedy)
            case _ if (explained := explain_verdict(resolution, name)) is not None:
                yield from self.at(explained[0], word, *explained[1:])

    def _mirrored(self, decision: Decision, *, tell_mended: bool) -> Iterator[Finding]:
        image, copy, move = decision.image, decision.resolution.replacement, decision.move
        if move is None or copy is None:
            return
        word = decision.place.word
        if tell_mended or not decision.is_mended:
            remedy = f"pull {copy}"
            if move.site is not None:
                line = self.locations.at(move.site.start).line
                remedy += f", by the default of ARG {move.site.name} on line {line}"
            if move.obstacle is not None:
                rule, message, remedy = _explain(move, copy)
                if rule is not None:
                    yield from self.at(rule, word, message, remedy)
            # A mirror may be declared for another registry, too.
            source = "Docker Hub" if image.registry == DOCKER_HUB else image.registry
            message = f"{image.familiar} is pulled from {source}"
            yield from self.at(Rule.DOCKER_HUB_PULL, word, message, remedy, move.edit)
        if image.digest:
            message = f"the digest of {image.familiar} may not exist on {copy.registry}"
            remedy = f"check that {copy.name}@{copy.digest} exists; copies were seen to differ"
            yield from self.at(Rule.DIGEST_PIN, word, message, remedy)

    def at(
        self, rule: Rule, word: Text, message: str, remedy: str, edit: Edit | None = None
    ) -> Iterator[Finding]:
        """A finding about a word, unless its rule is off or ignored there."""
        span = span_of(word)
        ends = (self.locations.at(span.start), self.locations.at(span.end))
        yield from self.finding(rule, ends, message, remedy, edit)

    def finding(
        self,
        rule: Rule,
        ends: tuple[Location, Location],
        message: str,
        remedy: str,
        edit: Edit | None = None,
    ) -> Iterator[Finding]:
        """A finding between two places, unless its rule is off or ignored there."""
        severity = self.settings.severity(rule)
        start, end = ends
        if severity is None or self._ignores(rule, start.line):
            return
        yield Finding(
            rule=rule,
            severity=severity,
            path=self.path,
            line=start.line,
            column=start.column,
            end_line=end.line,
            end_column=end.column,
            message=message,
            help=remedy,
            edit=edit,
        )

    def _ignores(self, rule: Rule, line: int) -> bool:
        """Whether the line above says ``# ecr-public-pull: ignore[rule] reason``."""
        if line == 1 or not self.locations.has_ignores:
            return False
        match = _IGNORE.match(self.locations.line(line - 1))
        return match is not None and rule in re.split(r"[\s,]+", match[1])


def explain_verdict(resolution: Resolution, name: str) -> tuple[Rule, str, str] | None:
    """Say what is wrong with an image that has no copy.

    Args:
        resolution: What is known of its copy.
        name: The image, as it is to be called.

    Returns:
        The rule, the message and the remedy; None if it has a copy or needs none.
    """
    key = f'"{_repository(resolution.reference)}"'
    match resolution.verdict:
        case Verdict.WITHDRAWN:
            message = f"{name} is gone: {resolution.reason}"
            remedy = "pull another image, or name a copy of it under mirrors"
            return Rule.WITHDRAWN_IMAGE, message, remedy
        case Verdict.NO_MIRROR:
            message = f"{name} is pulled from Docker Hub: {resolution.reason}"
            remedy = f'copy it to a registry of yours, and name that under mirrors: {key} = "…"'
            return Rule.NO_MIRROR, message, remedy
        case Verdict.UNKNOWN:
            message = f"{name} may be pulled from Docker Hub: {resolution.reason}"
            remedy = (
                f"if the build's own engine has it, add {key} to local_images; "
                f'if a registry has it, name that under mirrors: {key} = "…"'
            )
            return Rule.UNKNOWN_IMAGE, message, remedy
        case _:
            return None


def _repository(image: ImageReference) -> str:
    """The image's repository as people write it, and as a key of the configuration."""
    name = image.familiar.partition("@")[0]
    return name.removesuffix(f":{image.tag}") if image.tag else name


def _explain(move: Move, copy: ImageReference) -> tuple[Rule | None, str, str]:
    """Why a pull is not moved: the rule of its own, if it has one, the cause, the remedy."""
    names = ", ".join(f"ARG {name}" for name in move.args)
    match move.obstacle:
        case Obstacle.PREFIX_FROM_ARG:
            return (
                Rule.NEEDS_BUILD_ARG,
                f"{names} is empty here, and could put a registry before this name",
                f"give {names} the default that this name needs, such as {COPIES}",
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

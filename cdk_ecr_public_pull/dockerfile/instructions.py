"""What each instruction means for the images of a build, and whether BuildKit accepts it.

The rules are those of ``frontend/dockerfile/instructions`` in
https://github.com/moby/buildkit. Only what can name an image is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from cdk_ecr_public_pull.dockerfile import checks
from cdk_ecr_public_pull.dockerfile.arguments import (
    Command,
    split_command,
    split_csv,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.devices import refuse_device
from cdk_ecr_public_pull.dockerfile.file_modes import refuse_file_mode
from cdk_ecr_public_pull.dockerfile.flags import check_flags
from cdk_ecr_public_pull.dockerfile.heredocs import expanded_bodies
from cdk_ecr_public_pull.dockerfile.mounts import refuse_mount
from cdk_ecr_public_pull.dockerfile.parsed import Arg, Copy, From, OnBuild, Other, Parsed, Run
from cdk_ecr_public_pull.dockerfile.refusal import ParserRefusal, Refusal
from cdk_ecr_public_pull.dockerfile.remotes import refuse_copied
from cdk_ecr_public_pull.dockerfile.simple import parse_simple
from cdk_ecr_public_pull.dockerfile.text import Text

_MAY_EXPAND = re.compile(r"[$'\"\\`]")
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")


def parse_instruction(
    line: Text, *, start: int, escape: str, bodies: Mapping[str, Text] | None = None
) -> Parsed:
    """Read one instruction.

    Args:
        line: The instruction, on one line.
        start: The byte at which it starts in the file.
        escape: The file's escape character.
        bodies: The bodies of its heredocs by their names, if it has some.

    Returns:
        What it means for images.

    Raises:
        Refusal: BuildKit refuses it.
    """
    simple = parse_simple(line)
    if simple:
        return simple
    command = split_command(line)
    parsed = _parse(command, start, escape)
    return _with_bodies(parsed, command, bodies) if bodies else parsed


def _with_bodies(parsed: Parsed, command: Command, bodies: Mapping[str, Text]) -> Parsed:
    if isinstance(parsed, OnBuild):
        _, rest = split_flags(command.arguments)
        trigger = _with_bodies(parsed.trigger, split_command(rest), bodies)
        return replace(parsed, trigger=trigger)
    if isinstance(parsed, (Copy, Other)):
        return replace(parsed, bodies=expanded_bodies(command.arguments, bodies))
    return parsed


def _parse(command: Command, start: int, escape: str) -> Parsed:
    name = command.name
    if name in _PARSERS:
        return _PARSERS[name](command.arguments, start, escape)
    if name in checks.CHECKS:
        return checks.CHECKS[name](command.arguments, start, escape)
    raise Refusal.of(f"unknown instruction: {command.word.chars}", start, command.word)


def _parse_from(arguments: Text, start: int, _escape: str) -> From:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    alias = None
    if len(words) == 3 and words[1].chars.lower() == "as":  # noqa: PLR2004  (FROM image AS name)
        alias = words[2]
        if not _STAGE_NAME.fullmatch(alias.chars.lower()):
            message = (
                f'invalid name for build stage: "{alias.chars}", '
                "name can't start with a number or contain symbols"
            )
            raise Refusal.of(message, start, alias)
    elif len(words) != 1:
        message = "FROM requires either one or three arguments"
        raise Refusal.of(message, start, words[1] if len(words) > 1 else rest)
    platform = check_flags(flags, strings="platform", start=start).get("platform")
    return From(image=words[0], platform=platform[0] if platform else None, alias=alias)


def _parse_arg(arguments: Text, start: int, escape: str) -> Arg:
    _, rest = split_flags(arguments)
    words = split_quoted_words(rest, escape)
    if not words:
        raise Refusal.of("ARG requires at least one argument", start, rest)
    defaults = []
    for word in words:
        name, equals, _ = word.chars.partition("=")
        if equals and not name:
            raise Refusal.of("ARG names can not be blank", start, word)
        defaults.append((word[: len(name)], word[len(name) + 1 :] if equals else None))
    return Arg(defaults=tuple(defaults))


def _parse_copy(arguments: Text, start: int, _escape: str) -> Copy:
    flags, rest = split_flags(arguments)
    paths = checks.check_sources_and_destination("COPY", rest, start)
    values = check_flags(
        flags, strings="chown from chmod", lists="exclude", booleans="link parents", start=start
    )
    source = values.get("from")
    return Copy(
        source=source[0] if source and source[0].chars else None,
        words=(*values.get("chown", ()), *paths[-1:]),
        judged=checks.judged(
            (values.get("chmod", ()), refuse_file_mode), (paths[:-1], refuse_copied)
        ),
    )


def _parse_run(arguments: Text, start: int, _escape: str) -> Run:
    flags, rest = split_flags(arguments)
    checks.check_json("RUN", rest, start)
    values = check_flags(flags, strings="network security", lists="mount device", start=start)
    checks.check_choice(values, "network", ("default", "none", "host"), start)
    checks.check_choice(values, "security", ("sandbox", "insecure"), start)
    for device in values.get("device", ()):
        if cause := refuse_device([field.chars for field in _fields("devices", device, start)]):
            raise Refusal.of(cause, start, device)
    sources: list[Text | None] = []
    words: list[Text] = []
    late: Refusal | None = None
    for mount in values.get("mount", ()):
        fields = _fields("mounts", mount, start)
        sources.append(_source(fields, start))
        values_of = (entry[entry.chars.find("=") + 1 :] for entry in fields if "=" in entry.chars)
        words += (value for value in values_of if _MAY_EXPAND.search(value.chars))
        cause = refuse_mount([entry.chars for entry in fields])
        if cause and late is None:
            late = Refusal.of(cause, start, mount)
    return Run(sources=tuple(sources), late=late, words=tuple(words))


def _fields(what: str, value: Text, start: int) -> list[Text]:
    try:
        return split_csv(value)
    except ValueError as error:
        raise Refusal.of(f"failed to parse csv {what}: {error}", start, value) from None


def _source(fields: list[Text], start: int) -> Text | None:
    source: Text | None = None
    for entry in fields:
        key, equals, value = entry.chars.partition("=")
        if key.lower() == "from" and equals:
            if re.search(r"\$.", value):
                message = "'from' doesn't support variable expansion, define alias stage instead"
                raise Refusal.of(message, start, entry)
            # The last one wins; an empty one is none.
            source = entry[len(key) + 1 :] if value else None
    return source


def _parse_onbuild(arguments: Text, start: int, escape: str) -> OnBuild:
    flags, rest = split_flags(arguments)
    check_flags(flags, start=start)
    command = split_command(rest)
    name = command.name
    if not name:
        raise Refusal.of("ONBUILD requires at least one argument", start, rest)
    if name == "ONBUILD":
        message = "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
        raise Refusal.of(message, start, rest)
    if name in ("MAINTAINER", "FROM"):
        raise Refusal.of(f"{name} isn't allowed as an ONBUILD trigger", start, rest)
    try:
        return OnBuild(trigger=_parse(command, start, escape), refusal=None)
    except ParserRefusal:
        raise
    except Refusal as refusal:
        return OnBuild(trigger=Other(), refusal=refusal)


_PARSERS: dict[str, Callable[[Text, int, str], Parsed]] = {
    "FROM": _parse_from,
    "ARG": _parse_arg,
    "COPY": _parse_copy,
    "RUN": _parse_run,
    "ONBUILD": _parse_onbuild,
}

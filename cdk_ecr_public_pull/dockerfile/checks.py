"""Whether BuildKit accepts an instruction that names no image.

The rules are those of ``line_parsers.go`` and ``instructions/parse.go`` in
``frontend/dockerfile`` of https://github.com/moby/buildkit. A check returns the words
in which BuildKit expands variables, so that a bad ``${…}`` in them is found too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from cdk_ecr_public_pull.dockerfile.arguments import (
    NotStrings,
    parse_json,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.flags import check_flags
from cdk_ecr_public_pull.dockerfile.heredocs import parse_heredoc
from cdk_ecr_public_pull.dockerfile.refusal import ParserRefusal, Refusal
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError

Check = Callable[[Text, int, str], tuple[Text, ...]]
_DURATION = re.compile(r"[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+")
_NOTHING: tuple[Text, ...] = ()


def check_json(name: str, arguments: Text, start: int) -> list[str] | None:
    """Read arguments in JSON form; None if they are not.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        start: The byte at which it starts.

    Raises:
        Refusal: They are a JSON array of something else than strings.
    """
    try:
        return parse_json(arguments.chars)
    except NotStrings:
        message = f"{name}: when using JSON array syntax, arrays must be comprised of strings only"
        offset = arguments.offsets[0]
        raise ParserRefusal(message, start=start, offset=offset) from None


def check_sources_and_destination(name: str, arguments: Text, start: int) -> tuple[Text, ...]:
    """Check the paths of COPY and ADD.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        start: The byte at which it starts.

    Returns:
        The paths, unless they are in JSON form.

    Raises:
        Refusal: There are fewer than two, or a heredoc is the destination.
    """
    in_json = check_json(name, arguments, start)
    words = [word.chars for word in split_words(arguments)] if in_json is None else in_json
    if len(words) < 2:  # noqa: PLR2004  (a source and a destination)
        message = (
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
        raise Refusal.of(message, start, arguments)
    if _is_heredoc(words[-1]):
        raise Refusal.of(f"{name} cannot accept a heredoc as a destination", start, arguments)
    return tuple(split_words(arguments)) if in_json is None else _NOTHING


def _is_heredoc(word: str) -> bool:
    try:
        return parse_heredoc(word) is not None
    except WordError:
        return False


def check_choice(
    values: Mapping[str, Sequence[Text]], flag: str, choices: Sequence[str], start: int
) -> None:
    """Check that a flag has one of the values it may have.

    Args:
        values: The flags' values, by name.
        flag: The flag.
        choices: What it may be.
        start: The byte at which the instruction starts.

    Raises:
        Refusal: It is something else.
    """
    for value in values.get(flag, ()):
        if value.chars not in choices:
            raise Refusal.of(f'{flag} "{value.chars}" is not valid', start, value)


def _check_add(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    paths = check_sources_and_destination("ADD", rest, start)
    check_flags(
        flags,
        strings="chown chmod checksum",
        lists="exclude",
        booleans="link keep-git-dir unpack",
        start=start,
    )
    return paths


def _pairs(name: str) -> Check:
    def check(arguments: Text, start: int, escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        words = split_quoted_words(rest, escape)
        if not words:
            raise Refusal.of(f"{name} requires at least one argument", start, arguments)
        if "=" not in words[0].chars:
            if len(split_words(rest)) < 2:  # noqa: PLR2004  (the old form: name value)
                message = f"{name} must have two arguments"
                raise ParserRefusal(message, start=start, offset=rest.offsets[0])
            words = [rest]
        for word in words:
            if "=" not in word.chars and word is not rest:
                message = (
                    f'Syntax error - can\'t find = in "{word.chars}". '
                    "Must be of the form: name=value"
                )
                raise ParserRefusal(message, start=start, offset=word.offsets[0])
            if word.chars.startswith("="):
                raise Refusal.of(f"{name} names can not be blank", start, word)
        check_flags(flags, start=start)
        return tuple(words)

    return check


def _one(name: str, *, expands: bool = True) -> Check:
    def check(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        if not len(rest):
            raise Refusal.of(f"{name} requires exactly one argument", start, arguments)
        check_flags(flags, start=start)
        return (rest,) if expands else _NOTHING

    return check


def _shell_or_json(name: str) -> Check:
    def check(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        check_json(name, rest, start)
        check_flags(flags, start=start)
        return _NOTHING

    return check


def _check_expose(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise Refusal.of("EXPOSE requires at least one argument", start, arguments)
    check_flags(flags, start=start)
    return tuple(words)


def _check_volume(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    in_json = check_json("VOLUME", rest, start)
    if not (split_words(rest) if in_json is None else in_json):
        raise Refusal.of("VOLUME requires at least one argument", start, arguments)
    check_flags(flags, start=start)
    if in_json is not None and not all(path.strip() for path in in_json):
        raise Refusal.of("VOLUME specified can not be an empty string", start, rest)
    return tuple(split_words(rest)) if in_json is None else _NOTHING


def _check_shell(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    in_json = check_json("SHELL", rest, start)
    check_flags(flags, start=start)
    if in_json == [] or not len(rest):
        raise Refusal.of("SHELL requires at least one argument", start, arguments)
    if in_json is None:
        message = f"SHELL requires the arguments to be in JSON form, not {rest.chars}"
        raise Refusal.of(message, start, rest)
    return _NOTHING


def _check_healthcheck(arguments: Text, start: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise Refusal.of("HEALTHCHECK requires at least one argument", start, arguments)
    kind, command = words[0].chars.upper(), rest[len(words[0]) :].strip()
    in_json = check_json("HEALTHCHECK", command, start)
    if kind == "NONE":
        if len(command):
            raise Refusal.of("HEALTHCHECK NONE takes no arguments", start, command)
        return _NOTHING
    names = "interval timeout start-period start-interval retries"
    values = check_flags(flags, strings=names, start=start)
    if kind != "CMD":
        message = f'Unknown type "{kind}" in HEALTHCHECK (try CMD)'
        raise Refusal.of(message, start, words[0])
    if not len(command) or in_json == []:
        raise Refusal.of("Missing command after HEALTHCHECK CMD", start, rest)
    for name, (value,) in values.items():
        pattern = r"[+]?[0-9]+" if name == "retries" else _DURATION
        if value.chars and not re.fullmatch(pattern, value.chars):
            raise Refusal.of(f'invalid value "{value.chars}" for --{name}', start, value)
    return _NOTHING


CHECKS: Mapping[str, Check] = {
    "ADD": _check_add,
    "CMD": _shell_or_json("CMD"),
    "ENTRYPOINT": _shell_or_json("ENTRYPOINT"),
    "ENV": _pairs("ENV"),
    "EXPOSE": _check_expose,
    "HEALTHCHECK": _check_healthcheck,
    "LABEL": _pairs("LABEL"),
    "MAINTAINER": _one("MAINTAINER", expands=False),
    "SHELL": _check_shell,
    "STOPSIGNAL": _one("STOPSIGNAL"),
    "USER": _one("USER"),
    "VOLUME": _check_volume,
    "WORKDIR": _one("WORKDIR"),
}

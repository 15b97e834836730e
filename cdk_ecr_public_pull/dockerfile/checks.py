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
    check_flags,
    parse_json,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.refusal import ParserRefusal, Refusal
from cdk_ecr_public_pull.dockerfile.text import Text

Check = Callable[[Text, int, str], tuple[Text, ...]]
_DURATION = re.compile(r"[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+")
_NOTHING: tuple[Text, ...] = ()


def refuse_at(message: str, line: int, place: Text) -> Refusal:
    """A refusal that points at the first character of ``place``."""
    return Refusal(message, line=line, offset=place.offsets[0] if len(place) else None)


def check_json(name: str, arguments: Text, line: int) -> list[str] | None:
    """Read arguments in JSON form; None if they are not.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        line: Its first line.

    Raises:
        Refusal: They are a JSON array of something else than strings.
    """
    try:
        return parse_json(arguments.chars)
    except NotStrings:
        message = (
            f"{name}: when using JSON array syntax, arrays must be comprised of strings only"
        )
        offset = arguments.offsets[0]
        raise ParserRefusal(message, line=line, offset=offset) from None


def check_sources_and_destination(name: str, arguments: Text, line: int) -> tuple[Text, ...]:
    """Check the paths of COPY and ADD.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        line: Its first line.

    Returns:
        The paths, unless they are in JSON form.

    Raises:
        Refusal: There are fewer than two, or a heredoc is the destination.
    """
    in_json = check_json(name, arguments, line)
    words = [word.chars for word in split_words(arguments)] if in_json is None else in_json
    if len(words) < 2:  # noqa: PLR2004  (a source and a destination)
        message = (
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
        raise refuse_at(message, line, arguments)
    if re.fullmatch(r"[0-9]*<<-?[^<]+", words[-1]):
        raise refuse_at(f"{name} cannot accept a heredoc as a destination", line, arguments)
    return tuple(split_words(arguments)) if in_json is None else _NOTHING


def check_choice(
    values: Mapping[str, Sequence[Text]], flag: str, choices: Sequence[str], line: int
) -> None:
    """Check that a flag has one of the values it may have.

    Args:
        values: The flags' values, by name.
        flag: The flag.
        choices: What it may be.
        line: The instruction's first line.

    Raises:
        Refusal: It is something else.
    """
    for value in values.get(flag, ()):
        if value.chars not in choices:
            raise refuse_at(f'{flag} "{value.chars}" is not valid', line, value)


def _check_add(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    paths = check_sources_and_destination("ADD", rest, line)
    check_flags(
        flags,
        strings="chown chmod checksum",
        lists="exclude",
        booleans="link keep-git-dir unpack",
        line=line,
    )
    return paths


def _pairs(name: str) -> Check:
    def check(arguments: Text, line: int, escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        words = split_quoted_words(rest, escape)
        if not words:
            raise refuse_at(f"{name} requires at least one argument", line, arguments)
        if "=" not in words[0].chars:
            if len(split_words(rest)) < 2:  # noqa: PLR2004  (the old form: name value)
                message = f"{name} must have two arguments"
                raise ParserRefusal(message, line=line, offset=rest.offsets[0])
            words = [rest]
        for word in words:
            if "=" not in word.chars and word is not rest:
                message = (
                    f'Syntax error - can\'t find = in "{word.chars}". '
                    "Must be of the form: name=value"
                )
                raise ParserRefusal(message, line=line, offset=word.offsets[0])
            if word.chars.startswith("="):
                raise refuse_at(f"{name} names can not be blank", line, word)
        check_flags(flags, line=line)
        return tuple(words)

    return check


def _one(name: str, *, expands: bool = True) -> Check:
    def check(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        if not len(rest):
            raise refuse_at(f"{name} requires exactly one argument", line, arguments)
        check_flags(flags, line=line)
        return (rest,) if expands else _NOTHING

    return check


def _shell_or_json(name: str) -> Check:
    def check(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
        flags, rest = split_flags(arguments)
        check_json(name, rest, line)
        check_flags(flags, line=line)
        return _NOTHING

    return check


def _check_expose(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise refuse_at("EXPOSE requires at least one argument", line, arguments)
    check_flags(flags, line=line)
    return tuple(words)


def _check_volume(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    in_json = check_json("VOLUME", rest, line)
    if not (split_words(rest) if in_json is None else in_json):
        raise refuse_at("VOLUME requires at least one argument", line, arguments)
    check_flags(flags, line=line)
    if in_json is not None and not all(path.strip() for path in in_json):
        raise refuse_at("VOLUME specified can not be an empty string", line, rest)
    return tuple(split_words(rest)) if in_json is None else _NOTHING


def _check_shell(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    in_json = check_json("SHELL", rest, line)
    check_flags(flags, line=line)
    if in_json == [] or not len(rest):
        raise refuse_at("SHELL requires at least one argument", line, arguments)
    if in_json is None:
        message = f"SHELL requires the arguments to be in JSON form, not {rest.chars}"
        raise refuse_at(message, line, rest)
    return _NOTHING


def _check_healthcheck(arguments: Text, line: int, _escape: str) -> tuple[Text, ...]:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise refuse_at("HEALTHCHECK requires at least one argument", line, arguments)
    kind, command = words[0].chars.upper(), rest[len(words[0]) :].strip()
    in_json = check_json("HEALTHCHECK", command, line)
    if kind == "NONE":
        if len(command):
            raise refuse_at("HEALTHCHECK NONE takes no arguments", line, command)
        return _NOTHING
    names = "interval timeout start-period start-interval retries"
    values = check_flags(flags, strings=names, line=line)
    if kind != "CMD":
        message = f'Unknown type "{kind}" in HEALTHCHECK (try CMD)'
        raise refuse_at(message, line, words[0])
    if not len(command) or in_json == []:
        raise refuse_at("Missing command after HEALTHCHECK CMD", line, rest)
    for name, (value,) in values.items():
        pattern = r"[+]?[0-9]+" if name == "retries" else _DURATION
        if value.chars and not re.fullmatch(pattern, value.chars):
            raise refuse_at(f'invalid value "{value.chars}" for --{name}', line, value)
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

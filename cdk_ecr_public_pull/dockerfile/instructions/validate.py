"""Whether BuildKit accepts an instruction that names no image.

The rules are those of ``line_parsers.go``, ``instructions/bflag.go`` and
``instructions/parse.go`` in ``frontend/dockerfile`` of https://github.com/moby/buildkit. What
it makes of a value that names no image (a port, a signal, a duration) is left to the build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from cdk_ecr_public_pull.dockerfile.expansion.heredocs import parse_heredoc
from cdk_ecr_public_pull.dockerfile.instructions.nodes import Other
from cdk_ecr_public_pull.dockerfile.parser.arguments import (
    Flag,
    NotStrings,
    parse_json,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.parser.source_text import (
    BuildError,
    ParserError,
    Text,
    WordError,
)

Validator = Callable[[Text, int, str], Other]
"""Reads an instruction's arguments; gets the byte it starts at and the escape character too."""


class FlagKind(Enum):
    """What a flag may have for a value, and how often it may stand."""

    TEXT = auto()
    TEXTS = auto()
    SWITCH = auto()


FlagTable = Mapping[str, FlagKind]


def flag_table(*, texts: str = "", lists: str = "", switches: str = "") -> FlagTable:
    """The flags that an instruction has; their names are separated by spaces.

    Args:
        texts: Those that may stand once, with a value.
        lists: Those that may stand several times, with a value.
        switches: Those that may stand once, with ``true``, ``false`` or nothing.
    """
    return {
        **dict.fromkeys(texts.split(), FlagKind.TEXT),
        **dict.fromkeys(lists.split(), FlagKind.TEXTS),
        **dict.fromkeys(switches.split(), FlagKind.SWITCH),
    }


NO_FLAGS: FlagTable = {}
FROM_FLAGS = flag_table(texts="platform")
COPY_FLAGS = flag_table(texts="chown from chmod", lists="exclude", switches="link parents")
RUN_FLAGS = flag_table(texts="network security", lists="mount device")
_ADD_FLAGS = flag_table(
    texts="chown chmod checksum", lists="exclude", switches="link keep-git-dir unpack"
)
_HEALTHCHECK_FLAGS = flag_table(texts="interval timeout start-period start-interval retries")


def check_flags(flags: Sequence[Flag], table: FlagTable, start: int) -> dict[str, list[Text]]:
    """Check an instruction's flags against those that it has.

    Args:
        flags: The flags found.
        table: Those that it has.
        start: The byte at which the instruction starts, for the error.

    Returns:
        The values of the flags, by name.

    Raises:
        BuildError: BuildKit would refuse one.
    """
    values: dict[str, list[Text]] = {}
    for flag in flags:
        if fault := _flag_fault(flag, table.get(flag.name), is_again=flag.name in values):
            raise BuildError(fault, start=start, offset=flag.offset)
        values.setdefault(flag.name, []).append(flag.value or Text("", ()))
    return values


def _flag_fault(flag: Flag, kind: FlagKind | None, *, is_again: bool) -> str | None:
    if kind is None:
        return f"unknown flag: --{flag.name}"
    if is_again and kind is not FlagKind.TEXTS:
        return f"duplicate flag specified: --{flag.name}"
    is_switch, value = kind is FlagKind.SWITCH, flag.value
    if value is None and is_switch:
        return None
    if value is None or (is_switch and not value.chars):
        return f"missing a value on flag: --{flag.name}"
    if is_switch and value.chars.lower() not in ("true", "false"):
        return f"expecting boolean value for flag --{flag.name}, not: {value.chars}"
    return None


def check_json(name: str, arguments: Text, start: int) -> list[str] | None:
    """Read arguments in JSON form; None if they are not.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        start: The byte at which it starts.

    Raises:
        ParserError: They are a JSON array of something else than strings.
    """
    try:
        return parse_json(arguments.chars)
    except NotStrings:
        message = f"{name}: when using JSON array syntax, arrays must be comprised of strings only"
        raise ParserError.at(arguments, message, start) from None


def check_paths(name: str, arguments: Text, start: int) -> list[Text]:
    """Check the paths of COPY and ADD.

    Args:
        name: The instruction's name.
        arguments: Its arguments, without flags.
        start: The byte at which it starts.

    Returns:
        The paths, the destination last.

    Raises:
        BuildError: There are fewer than two, or a heredoc is the destination.
    """
    words = _list(name, arguments, start)
    if len(words) < 2:  # noqa: PLR2004  (a source and a destination)
        message = (
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
        raise BuildError.at(arguments, message, start)
    if "<<" in arguments.chars and _is_heredoc(words[-1].chars):
        raise BuildError.at(arguments, f"{name} cannot accept a heredoc as a destination", start)
    return words


def _list(name: str, arguments: Text, start: int) -> list[Text]:
    """Arguments that are a list, in JSON form or not."""
    in_json = check_json(name, arguments, start)
    if in_json is None:
        return split_words(arguments)
    # What an escape of JSON stands for has no place of its own.
    return [Text(chars, [arguments.offsets[0]] * len(chars)) for chars in in_json]


def _is_heredoc(word: str) -> bool:
    try:
        return parse_heredoc(word) is not None
    except WordError:
        return False


def _add(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    paths = check_paths("ADD", rest, start)
    values = check_flags(flags, _ADD_FLAGS, start)
    named = (values.get(name, ()) for name in ("chown", "chmod", "checksum"))
    return Other((*(value for group in named for value in group), *paths))


def _pairs(name: str) -> Validator:
    def validate(arguments: Text, start: int, escape: str) -> Other:
        flags, rest = split_flags(arguments)
        words = split_quoted_words(rest, escape)
        if not words:
            raise BuildError.at(arguments, f"{name} requires at least one argument", start)
        if "=" not in words[0].chars:
            key, *value = split_words(rest)
            if not value:
                raise ParserError.at(rest, f"{name} must have two arguments", start)
            check_flags(flags, NO_FLAGS, start)
            return Other((key, rest[len(key) :]))
        parts: list[Text] = []
        for word in words:
            if "=" not in word.chars:
                message = (
                    f'Syntax error - can\'t find = in "{word.chars}". '
                    "Must be of the form: name=value"
                )
                raise ParserError.at(word, message, start)
            if word.chars.startswith("="):
                raise BuildError.at(word, f"{name} names can not be blank", start)
            length = word.chars.index("=")
            parts += (word[:length], word[length + 1 :])
        check_flags(flags, NO_FLAGS, start)
        return Other(parts)

    return validate


def _one(name: str, *, has_flags: bool = True, expands: bool = True) -> Validator:
    def validate(arguments: Text, start: int, _escape: str) -> Other:
        flags, rest = split_flags(arguments)
        if not len(rest):
            raise BuildError.at(arguments, f"{name} requires exactly one argument", start)
        if has_flags:
            check_flags(flags, NO_FLAGS, start)
        return Other((rest,) if expands else ())

    return validate


def _shell_or_json(name: str) -> Validator:
    def validate(arguments: Text, start: int, _escape: str) -> Other:
        flags, rest = split_flags(arguments)
        check_json(name, rest, start)
        check_flags(flags, NO_FLAGS, start)
        return Other()

    return validate


def _expose(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise BuildError.at(arguments, "EXPOSE requires at least one argument", start)
    check_flags(flags, NO_FLAGS, start)
    return Other(words)


def _volume(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    paths = [path.strip() for path in _list("VOLUME", rest, start)]
    if not paths:
        raise BuildError.at(arguments, "VOLUME requires at least one argument", start)
    check_flags(flags, NO_FLAGS, start)
    if not all(path.chars for path in paths):
        raise BuildError.at(rest, "VOLUME specified can not be an empty string", start)
    return Other(paths)


def _shell(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    in_json = check_json("SHELL", rest, start)
    check_flags(flags, NO_FLAGS, start)
    if in_json == [] or not len(rest):
        raise BuildError.at(arguments, "SHELL requires at least one argument", start)
    if in_json is None:
        message = f"SHELL requires the arguments to be in JSON form, not {rest.chars}"
        raise BuildError.at(rest, message, start)
    return Other()


def _healthcheck(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise BuildError.at(arguments, "HEALTHCHECK requires at least one argument", start)
    kind, command = words[0].chars.upper(), rest[len(words[0]) :].strip()
    in_json = check_json("HEALTHCHECK", command, start)
    if kind == "NONE":
        if len(command):
            raise BuildError.at(command, "HEALTHCHECK NONE takes no arguments", start)
        return Other()
    check_flags(flags, _HEALTHCHECK_FLAGS, start)
    if kind != "CMD":
        raise BuildError.at(words[0], f'Unknown type "{kind}" in HEALTHCHECK (try CMD)', start)
    if not len(command) or in_json == []:
        raise BuildError.at(rest, "Missing command after HEALTHCHECK CMD", start)
    return Other()


VALIDATORS: Mapping[str, Validator] = {
    "ADD": _add,
    "CMD": _shell_or_json("CMD"),
    "ENTRYPOINT": _shell_or_json("ENTRYPOINT"),
    "ENV": _pairs("ENV"),
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs("LABEL"),
    "MAINTAINER": _one("MAINTAINER", expands=False),
    "SHELL": _shell,
    # The one instruction besides ARG whose flags BuildKit passes over.
    "STOPSIGNAL": _one("STOPSIGNAL", has_flags=False),
    "USER": _one("USER"),
    "VOLUME": _volume,
    "WORKDIR": _one("WORKDIR"),
}

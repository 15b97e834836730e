"""Whether BuildKit accepts an instruction that names no image.

The rules are those of ``line_parsers.go`` and ``instructions/parse.go`` in
``frontend/dockerfile`` of https://github.com/moby/buildkit. A check returns the words
in which BuildKit expands variables, so that a bad ``${…}`` in them is found too, and
those whose expansions it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from cdk_ecr_public_pull.dockerfile.arguments import (
    NotStrings,
    parse_json,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.file_modes import refuse_file_mode
from cdk_ecr_public_pull.dockerfile.flags import check_flags
from cdk_ecr_public_pull.dockerfile.go_values import parse_duration, parse_int
from cdk_ecr_public_pull.dockerfile.heredocs import parse_heredoc
from cdk_ecr_public_pull.dockerfile.parsed import Judged, Other
from cdk_ecr_public_pull.dockerfile.ports import refuse_port
from cdk_ecr_public_pull.dockerfile.refusal import ParserRefusal, Refusal
from cdk_ecr_public_pull.dockerfile.remotes import refuse_checksum
from cdk_ecr_public_pull.dockerfile.signals import refuse_signal
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError

Check = Callable[[Text, int, str], Other]
_INTERVALS = ("interval", "timeout", "start-period", "start-interval")
_EMPTY_VOLUME = "VOLUME specified can not be an empty string"
_SHORTEST_INTERVAL = 1_000_000


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
        The paths, the destination last.

    Raises:
        Refusal: There are fewer than two, or a heredoc is the destination.
    """
    words = _list(name, arguments, start)
    if len(words) < 2:  # noqa: PLR2004  (a source and a destination)
        message = (
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
        raise Refusal.of(message, start, arguments)
    if is_heredoc(words[-1].chars):
        raise Refusal.of(f"{name} cannot accept a heredoc as a destination", start, arguments)
    return tuple(words)


def _list(name: str, arguments: Text, start: int) -> list[Text]:
    """Arguments that are a list, in JSON form or not."""
    in_json = check_json(name, arguments, start)
    if in_json is None:
        return split_words(arguments)
    # What an escape of JSON stands for has no place of its own.
    place = arguments.offsets[0]
    return [Text(chars, (place,) * len(chars)) for chars in in_json]


def is_heredoc(word: str) -> bool:
    """Whether a path of COPY or ADD is a heredoc's marker."""
    try:
        return parse_heredoc(word) is not None
    except WordError:
        return False


def judged(*groups: tuple[Iterable[Text], Callable[[str], str | None]]) -> Judged:
    """Put words together with what says why BuildKit refuses their expansions."""
    return tuple((word, refuse) for words, refuse in groups for word in words)


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


def _check_add(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    paths = check_sources_and_destination("ADD", rest, start)
    values = check_flags(
        flags,
        strings="chown chmod checksum",
        lists="exclude",
        booleans="link keep-git-dir unpack",
        start=start,
    )
    sources = [path.chars for path in paths[:-1] if not is_heredoc(path.chars)]
    refuse = partial(refuse_checksum, sources=sources, is_git="keep-git-dir" in values)
    return Other(
        words=(*values.get("chown", ()), *paths),
        judged=judged(
            (values.get("chmod", ()), refuse_file_mode),
            (values.get("checksum", ()), refuse),
        ),
    )


def _pairs(name: str) -> Check:
    def check(arguments: Text, start: int, escape: str) -> Other:
        flags, rest = split_flags(arguments)
        words = split_quoted_words(rest, escape)
        if not words:
            raise Refusal.of(f"{name} requires at least one argument", start, arguments)
        if "=" not in words[0].chars:
            if len(split_words(rest)) < 2:  # noqa: PLR2004  (the old form: name value)
                message = f"{name} must have two arguments"
                raise ParserRefusal(message, start=start, offset=rest.offsets[0])
            check_flags(flags, start=start)
            key = split_words(rest)[0]
            return Other(words=(key, rest[len(key) :]))
        pairs: list[Text] = []
        for word in words:
            if "=" not in word.chars:
                message = (
                    f'Syntax error - can\'t find = in "{word.chars}". '
                    "Must be of the form: name=value"
                )
                raise ParserRefusal(message, start=start, offset=word.offsets[0])
            if word.chars.startswith("="):
                raise Refusal.of(f"{name} names can not be blank", start, word)
            length = word.chars.index("=")
            pairs += (word[:length], word[length + 1 :])
        check_flags(flags, start=start)
        return Other(words=tuple(pairs))

    return check


def _one(name: str, *, expands: bool = True) -> Check:
    def check(arguments: Text, start: int, _escape: str) -> Other:
        flags, rest = split_flags(arguments)
        _require_one(name, rest, arguments, start)
        check_flags(flags, start=start)
        return Other(words=(rest,) if expands else ())

    return check


def _shell_or_json(name: str) -> Check:
    def check(arguments: Text, start: int, _escape: str) -> Other:
        flags, rest = split_flags(arguments)
        check_json(name, rest, start)
        check_flags(flags, start=start)
        return Other()

    return check


def _require_one(name: str, rest: Text, arguments: Text, start: int) -> None:
    if not len(rest):
        raise Refusal.of(f"{name} requires exactly one argument", start, arguments)


def _check_stopsignal(arguments: Text, start: int, _escape: str) -> Other:
    # The one instruction besides ARG whose flags BuildKit passes over.
    _, rest = split_flags(arguments)
    _require_one("STOPSIGNAL", rest, arguments, start)
    return Other(judged=((rest, refuse_signal),))


def _check_expose(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise Refusal.of("EXPOSE requires at least one argument", start, arguments)
    check_flags(flags, start=start)
    return Other(judged=judged((words, refuse_port)))


def _check_volume(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    paths = _list("VOLUME", rest, start)
    if not paths:
        raise Refusal.of("VOLUME requires at least one argument", start, arguments)
    check_flags(flags, start=start)
    paths = [path.strip() for path in paths]
    if not all(path.chars for path in paths):
        raise Refusal.of(_EMPTY_VOLUME, start, rest)
    return Other(judged=judged((paths, _refuse_volume)))


def _refuse_volume(path: str) -> str | None:
    return None if path else _EMPTY_VOLUME


def _check_shell(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    in_json = check_json("SHELL", rest, start)
    check_flags(flags, start=start)
    if in_json == [] or not len(rest):
        raise Refusal.of("SHELL requires at least one argument", start, arguments)
    if in_json is None:
        message = f"SHELL requires the arguments to be in JSON form, not {rest.chars}"
        raise Refusal.of(message, start, rest)
    return Other()


def _check_healthcheck(arguments: Text, start: int, _escape: str) -> Other:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    if not words:
        raise Refusal.of("HEALTHCHECK requires at least one argument", start, arguments)
    kind, command = words[0].chars.upper(), rest[len(words[0]) :].strip()
    in_json = check_json("HEALTHCHECK", command, start)
    if kind == "NONE":
        if len(command):
            raise Refusal.of("HEALTHCHECK NONE takes no arguments", start, command)
        return Other()
    values = check_flags(flags, strings=" ".join((*_INTERVALS, "retries")), start=start)
    if kind != "CMD":
        message = f'Unknown type "{kind}" in HEALTHCHECK (try CMD)'
        raise Refusal.of(message, start, words[0])
    if not len(command) or in_json == []:
        raise Refusal.of("Missing command after HEALTHCHECK CMD", start, rest)
    for name in (*_INTERVALS, "retries"):
        for value in values.get(name, ()):
            if value.chars and (cause := _refuse_option(name, value.chars)):
                raise Refusal.of(cause, start, value)
    return Other()


def _refuse_option(name: str, text: str) -> str | None:
    value = parse_int(text, bits=32) if name == "retries" else parse_duration(text)
    if value is None:
        return f'invalid value "{text}" for --{name}'
    if name == "retries":
        return f"--retries cannot be negative ({value})" if value < 0 else None
    is_too_short = value != 0 and value < _SHORTEST_INTERVAL
    return f'Interval "{name}" cannot be less than 1ms' if is_too_short else None


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
    "STOPSIGNAL": _check_stopsignal,
    "USER": _one("USER"),
    "VOLUME": _check_volume,
    "WORKDIR": _one("WORKDIR"),
}

"""How an instruction that may name an image is read.

The rules are those of ``frontend/dockerfile/instructions`` in
https://github.com/moby/buildkit. Only what can name an image is kept; of the instructions
that cannot, ``validate`` says whether BuildKit accepts them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from cdk_ecr_public_pull.dockerfile.instructions.nodes import (
    Arg,
    Copy,
    Definition,
    From,
    Node,
    OnBuild,
    Other,
    Run,
)
from cdk_ecr_public_pull.dockerfile.parser.arguments import (
    Command,
    may_fail,
    split_command,
    split_flags,
    split_quoted_words,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.parser.reader import Instruction
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, ParserError, Text

_STAGE_NAME = r"[a-z][a-z0-9\-_.]*"
# A field of Go's encoding/csv, in quotes or not, and what it says of a wrong one.
_CSV_FIELD = r'"((?:[^"]++|"")*+)"(?=,|\Z)|([^",]*+)(?=,|\Z)'
_MISPLACED_QUOTE = 'extraneous or missing " in quoted-field'
_BARE_QUOTE = 'bare " in non-quoted field'


def parse_instruction(instruction: Instruction, escape: str) -> Node:
    """Read one instruction.

    Args:
        instruction: The instruction.
        escape: The file's escape character.

    Returns:
        What it means for images.

    Raises:
        BuildError: BuildKit refuses it.
    """
    node = _parse(instruction.command, instruction.start, escape)
    if instruction.bodies:
        _add_bodies(node, instruction.command, instruction.bodies)
    return node


def is_instruction(name: str) -> bool:
    """Whether BuildKit knows an instruction.

    Args:
        name: Its name, in upper case.
    """
    return name in _PARSERS or name in _validators()


def _parse(command: Command, start: int, escape: str) -> Node:
    parse = _PARSERS.get(command.name) or _validators().get(command.name)
    if parse is None:
        message = f"unknown instruction: {command.word}"
        raise BuildError(message, start=start, offset=command.offset)
    return parse(command.arguments, start, escape)


def _validators() -> Mapping[str, Callable[[Text, int, str], Node]]:
    from cdk_ecr_public_pull.dockerfile.instructions.validate import VALIDATORS  # noqa: PLC0415  (the instructions that it knows are skipped, for the most part)

    return VALIDATORS


def _add_bodies(node: Node, command: Command, bodies: Mapping[str, Text]) -> None:
    from cdk_ecr_public_pull.dockerfile.expansion.heredocs import expanded_bodies  # noqa: PLC0415  (few files have heredocs)

    if isinstance(node, OnBuild):
        _, rest = split_flags(command.arguments)
        _add_bodies(node.trigger, split_command(rest), bodies)
    elif isinstance(node, Other):
        node.bodies = expanded_bodies(command.arguments, bodies)


def _parse_from(arguments: Text, start: int, _escape: str) -> From:
    flags, rest = split_flags(arguments)
    words = split_words(rest)
    alias = None
    if len(words) == 3 and words[1].chars.lower() == "as":  # noqa: PLR2004  (FROM image AS name)
        alias = words[2]
        if not re.fullmatch(_STAGE_NAME, alias.chars.lower()):
            message = (
                f'invalid name for build stage: "{alias.chars}", '
                "name can't start with a number or contain symbols"
            )
            raise BuildError.at(alias, message, start)
    elif len(words) != 1:
        message = "FROM requires either one or three arguments"
        raise BuildError.at(words[1] if len(words) > 1 else rest, message, start)
    platform = None
    if flags:
        from cdk_ecr_public_pull.dockerfile.instructions.validate import (  # noqa: PLC0415  (few of them have flags)
            FROM_FLAGS,
            check_flags,
        )

        platform = check_flags(flags, FROM_FLAGS, start)["platform"][0]
    # An empty value is no platform.
    return From(words[0], platform if platform and platform.chars else None, alias)


def _parse_arg(arguments: Text, start: int, escape: str) -> Arg:
    _, rest = split_flags(arguments)
    words = split_quoted_words(rest, escape)
    if not words:
        raise BuildError.at(rest, "ARG requires at least one argument", start)
    definitions = []
    for word in words:
        name, equals, _ = word.chars.partition("=")
        if equals and not name:
            raise BuildError.at(word, "ARG names can not be blank", start)
        size = len(name)
        last = word.offsets[size if equals else size - 1]
        default = word[size + 1 :] if equals else None
        definitions.append(Definition(word[:size], default, (last or 0) + 1))
    return Arg(definitions)


def _parse_copy(arguments: Text, start: int, _escape: str) -> Copy:
    from cdk_ecr_public_pull.dockerfile.instructions.validate import (  # noqa: PLC0415  (most of them are skipped)
        COPY_FLAGS,
        check_flags,
        check_paths,
    )

    flags, rest = split_flags(arguments)
    paths = check_paths("COPY", rest, start)
    values = check_flags(flags, COPY_FLAGS, start)
    source = values.get("from")
    words = (*values.get("chown", ()), *paths[-1:], *values.get("chmod", ()), *paths[:-1])
    return Copy(source[0] if source and source[0].chars else None, words)


def _parse_run(arguments: Text, start: int, _escape: str) -> Run:
    from cdk_ecr_public_pull.dockerfile.instructions.validate import (  # noqa: PLC0415  (most of them are skipped)
        RUN_FLAGS,
        check_flags,
        check_json,
    )

    flags, rest = split_flags(arguments)
    check_json("RUN", rest, start)
    values = check_flags(flags, RUN_FLAGS, start)
    sources: list[Text | None] = []
    words: list[Text] = []
    late: BuildError | None = None
    for mount in values.get("mount", ()):
        fields = _mount_fields(mount, start)
        sources.append(_mount_source(fields, start))
        values_of = (field[field.chars.find("=") + 1 :] for field in fields if "=" in field.chars)
        words += (value for value in values_of if may_fail(value.chars))
        if sources[-1] is not None and late is None and _mount_type(fields) == "secret":
            late = BuildError.at(mount, "secret mount should not have a from", start)
    return Run(sources, late, words)


def _mount_fields(mount: Text, start: int) -> list[Text]:
    """Split a flag's value at its commas, as Go's encoding/csv does; quotes are taken off."""
    fault = "EOF"
    fields: list[Text] = []
    pattern, position, chars = re.compile(_CSV_FIELD), 0, mount.chars
    while chars and position <= len(chars):
        match = pattern.match(chars, position)
        if match is None:
            fault = _MISPLACED_QUOTE if chars.startswith('"', position) else _BARE_QUOTE
            break
        index = match.lastindex or 0
        field = mount[match.start(index) : match.end(index)]
        fields.append(_without_pairs(field) if index == 1 else field)
        position = match.end() + 1
    if position <= len(chars):
        raise BuildError.at(mount, f"failed to parse csv mounts: {fault}", start)
    return fields


def _without_pairs(field: Text) -> Text:
    """A quoted field, in which two quotes stand for one."""
    kept = [match.start() for match in re.finditer('""|[^"]', field.chars)]
    return Text("".join(field.chars[i] for i in kept), [field.offsets[i] for i in kept])


def _mount_source(fields: Sequence[Text], start: int) -> Text | None:
    source: Text | None = None
    for field in fields:
        key, equals, value = field.chars.partition("=")
        if key.lower() == "from" and equals:
            if re.search(r"\$.", value):
                message = "'from' doesn't support variable expansion, define alias stage instead"
                raise BuildError.at(field, message, start)
            # The last one wins; an empty one is none.
            source = field[len(key) + 1 :] if value else None
    return source


def _mount_type(fields: Sequence[Text]) -> str:
    pairs = (field.chars.partition("=") for field in fields)
    types = [value.lower() for key, _, value in pairs if key.lower() == "type"]
    return types[-1] if types else "bind"


def _parse_onbuild(arguments: Text, start: int, escape: str) -> OnBuild:
    flags, rest = split_flags(arguments)
    if flags:
        from cdk_ecr_public_pull.dockerfile.instructions.validate import (  # noqa: PLC0415  (few of them have flags)
            NO_FLAGS,
            check_flags,
        )

        check_flags(flags, NO_FLAGS, start)
    command = split_command(rest)
    name = command.name
    if not name:
        raise BuildError.at(rest, "ONBUILD requires at least one argument", start)
    if name == "ONBUILD":
        message = "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
        raise BuildError.at(rest, message, start)
    if name in ("MAINTAINER", "FROM"):
        raise BuildError.at(rest, f"{name} isn't allowed as an ONBUILD trigger", start)
    try:
        return OnBuild(_parse(command, start, escape), None)
    except ParserError:
        raise
    except BuildError as error:
        return OnBuild(Other(), error)


_PARSERS: Mapping[str, Callable[[Text, int, str], Node]] = {
    "FROM": _parse_from,
    "ARG": _parse_arg,
    "COPY": _parse_copy,
    "RUN": _parse_run,
    "ONBUILD": _parse_onbuild,
}

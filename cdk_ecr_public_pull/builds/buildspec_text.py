"""Reading a buildspec: JSON or YAML text to plain data.

The data is printed as JSON later on, by Python or by the CDK. So that nothing
of what the user wrote changes on the way, a plain scalar becomes a number or a
boolean only where it prints as the same text again:

    value     = null | true | false | number | text
    null      = "" | "~" | "null" | "Null" | "NULL"
    number    = integer | fraction      (at most 15 characters)
    integer   = "0" | ["-"] whole
    fraction  = ["-"] ("0" | whole) "." {0-9} 1-9
    whole     = 1-9 {0-9}
    text      = anything else: 3.10, 1.0, 0644, 1e3, 0x1F, yes, on, True, 2026-11-24

JavaScript, which prints the CDK's buildspecs, has no number but the double,
which holds 15 digits exactly, and prints 1.0 as 1. JSON needs no reader of its
own: it is read as the flow style of YAML 1.2.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from cdk_ecr_public_pull.errors import InvalidBuildSpec

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
_LONGEST_NUMBER = 15

_YAML_TAG = "tag:yaml.org,2002:"
_TEXT_TAG = f"{_YAML_TAG}str"
_MERGE_TAG = f"{_YAML_TAG}merge"

_OTHER_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Text to YAML 1.2, but line breaks to YAML 1.1, to this reader, and perhaps to CodeBuild."""

_NOT_ASCII = re.compile(r"[^ -~\n]")

_ESCAPE_IT = "Remove it, or write it as an escape in a text in double quotes."
_QUOTE_IT = "Put the text in quotes."
_PROBLEMS = (
    ("'\\t'", "a tab stands where YAML wants spaces", "Indent with spaces."),
    ("mapping values are not allowed", 'a text that is not quoted holds a ": "', _QUOTE_IT),
    ("cannot start any token", "a text begins with this character, unquoted", _QUOTE_IT),
    (
        "undefined alias",
        "no anchor above has the name of this alias",
        'Define the anchor, or put a text that begins with "*" in quotes.',
    ),
    ("but found another document", "a second document begins here", "Keep one of the two."),
)
"""What the YAML reader says, in part; the cause in the user's terms; the remedy."""

_EXCERPT = 100
"""How many characters of an offending line are shown."""


def names_a_file(text: str) -> bool:
    """Say whether a project's buildspec is the path of a file in its source, and no buildspec.

    Args:
        text: What the project has for a buildspec.
    """
    return "\n" not in text and ": " not in text and not text.lstrip().startswith("{")


def parse_build_spec(text: str, *, source: str) -> dict[str, object]:
    """Read a buildspec in JSON or YAML.

    Anchors, aliases and merge keys are resolved, comments are dropped.
    Placeholders of CDK tokens (``${Token[TOKEN.12]}``) are text like any other.

    Args:
        text: The buildspec.
        source: What to call it in an error: a file's path, say.

    Returns:
        Mappings, lists, texts, numbers, booleans and None. Every key is a text.

    Raises:
        InvalidBuildSpec: The text is no YAML, no mapping, or has a key twice.
    """
    quick = _json_mapping(text)
    if quick is not None:
        return quick
    document = _Document(source=source, text=text.removeprefix("\ufeff"))
    root = _compose(document)
    if root is None:
        message = f"{source}: the buildspec is empty. Write at least its version and a phase."
        raise InvalidBuildSpec(message)
    if not isinstance(root, MappingNode):
        raise document.error(
            _index(root),
            "a buildspec is a mapping of keys (version, phases) to values, and this is not one",
            "If this names a file, give the file's content.",
        )
    return _mapping(root, document, ())


def _json_mapping(text: str) -> dict[str, object] | None:
    """Read what CDK writes, a hundred times as fast as YAML; None where the two may differ."""
    if not text.startswith("{") or _NOT_ASCII.search(text):
        return None
    try:
        mapping: dict[str, object] = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_plain,
            parse_float=_plain,
            parse_constant=_plain,
        )
    except ValueError:
        return None
    return mapping


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError
    return mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    source: str
    text: str

    def line(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1

    def error(self, index: int, cause: str, remedy: str) -> InvalidBuildSpec:
        start = self.text.rfind("\n", 0, index) + 1
        line = self.text[start:].partition("\n")[0].rstrip("\r")
        column = index - start
        first = max(0, column - _EXCERPT // 2)
        mark = " " * len(_visible(line[first:column])) + "^"
        return InvalidBuildSpec(
            f"{self.source}:{self.line(index)}:{column + 1}: {cause}\n"
            f"  {_visible(line[first : first + _EXCERPT])}\n"
            f"  {mark}\n"
            f"{remedy}"
        )


def _visible(text: str) -> str:
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _compose(document: _Document) -> Node | None:
    if line_break := _OTHER_LINE_BREAKS.search(document.text):
        raise document.error(
            line_break.start(), "this character is a line break to some readers", _ESCAPE_IT
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # YAML 1.2 (3.2.2.2) allows them.
    try:
        root: Node | None = yaml.compose(document.text)
    except ReaderError as error:
        raise document.error(
            error.position, "this control character may not stand in YAML", _ESCAPE_IT
        ) from error
    except MarkedYAMLError as error:
        cause, remedy = _explained(str(error.problem))
        raise document.error(error.problem_mark.index, cause, remedy) from error
    return root


def _explained(problem: str) -> tuple[str, str]:
    for part, cause, remedy in _PROBLEMS:
        if part in problem:
            return cause, remedy
    return f"this is no valid YAML ({problem})", "Correct the buildspec here."


def _index(node: Node) -> int:
    return int(node.start_mark.index)


def _value(node: Node, document: _Document, parents: tuple[Node, ...]) -> object:
    if node in parents:
        raise document.error(
            _index(node), "this value contains itself", "Remove the alias that leads back to it."
        )
    if isinstance(node, MappingNode):
        return _mapping(node, document, parents)
    _refuse_foreign_tag(node, document)
    if isinstance(node, SequenceNode):
        return [_value(item, document, (*parents, node)) for item in node.value]
    return _text(node) if node.tag == _TEXT_TAG else _plain(node.value)


def _mapping(
    node: MappingNode, document: _Document, parents: tuple[Node, ...]
) -> dict[str, object]:
    _refuse_foreign_tag(node, document)
    merged: dict[str, object] = {}
    own: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _key(key_node, document)
        if key in lines:
            raise document.error(
                _index(key_node),
                f'the key "{key}" is here a second time, after line {lines[key]}',
                "Join the two: readers of YAML keep one of them and drop the other.",
            )
        lines[key] = document.line(_index(key_node))
        value = _value(value_node, document, (*parents, node))
        if key_node.tag == _MERGE_TAG:
            merged = _merged(value, value_node, document)
        else:
            own[key] = value
    return {**merged, **own}


def _key(node: Node, document: _Document) -> str:
    _refuse_foreign_tag(node, document)
    if not isinstance(node, ScalarNode):
        raise document.error(
            _index(node), "a key of a buildspec is a text, and this is not one", _QUOTE_IT
        )
    return _text(node)


def _merged(value: object, node: Node, document: _Document) -> dict[str, object]:
    merged: dict[str, object] = {}
    # The earlier mapping wins: https://yaml.org/type/merge.html
    for part in reversed(value if isinstance(value, list) else [value]):
        if not isinstance(part, dict):
            raise document.error(
                _index(node),
                'the value of "<<" is a mapping or a list of mappings, and this is neither',
                "Name the anchor of a mapping.",
            )
        merged.update(part)
    return merged


def _refuse_foreign_tag(node: Node, document: _Document) -> None:
    tag = str(node.tag)
    if not tag.startswith(_YAML_TAG):
        raise document.error(
            _index(node),
            f"the tag {tag} means nothing in a buildspec",
            "Remove it, or put the text in quotes.",
        )


def _text(node: Node) -> str:
    # JSON writes a character beyond U+FFFF as two escapes, which YAML reads as two characters.
    utf16: bytes = node.value.encode("utf-16-le", "surrogatepass")
    return utf16.decode("utf-16-le", "surrogatepass")


def _plain(text: str) -> object:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    # Python prints 0.00001 as 1e-05.
    if _FRACTION.fullmatch(text) and str(float(text)) == text:
        return float(text)
    return text

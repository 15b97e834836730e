"""Reading a buildspec that is YAML: a module of its own, since the reader takes long to load.

JSON, where it is not what CDK writes, is read as the flow style of YAML 1.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from cdk_ecr_public_pull.builds.buildspec.scalars import plain_scalar
from cdk_ecr_public_pull.errors import InvalidBuildSpec

_YAML_TAG = "tag:yaml.org,2002:"
_TEXT_TAG = f"{_YAML_TAG}str"
_MERGE_TAG = f"{_YAML_TAG}merge"

_OTHER_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Text to YAML 1.2, but line breaks to YAML 1.1, to this reader, and perhaps to CodeBuild."""

_ESCAPE_IT = "Remove it, or write it as an escape in a text in double quotes."
_QUOTE_IT = "Put the text in quotes."
_CAUSES = (
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


def parse_yaml(text: str, *, source: str) -> dict[str, object]:
    """Read a buildspec in YAML, on behalf of ``parse_build_spec``.

    Args:
        text: As there.
        source: As there.

    Raises:
        InvalidBuildSpec: As there.
    """
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


def _explained(said: str) -> tuple[str, str]:
    for part, cause, remedy in _CAUSES:
        if part in said:
            return cause, remedy
    return f"this is no valid YAML ({said})", "Correct the buildspec here."


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
    return _text(node) if node.tag == _TEXT_TAG else plain_scalar(node.value)


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

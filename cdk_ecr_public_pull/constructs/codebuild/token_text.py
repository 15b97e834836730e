"""A text with CloudFormation functions in it, made readable and put together again.

CDK resolves a text with tokens to ``{"Fn::Join": ["", [text, function, text, …]]}``.
In place of each function goes a placeholder, a number of 15 digits: within quotes
it is a part of a text, and without quotes it is a number, as it must be in JSON
where a number or a list is to stand.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A plain number of more than 15 digits is read as a text: JavaScript would round it.
_FIRST_PREFIX = 90_400_000_001
_INDEX_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenText:
    """A resolved text.

    Attributes:
        parts: Its literal texts and, between them, its CloudFormation functions.
        prefix: The digits that begin every placeholder, and are in no literal text.
    """

    parts: tuple[object, ...]
    prefix: str

    @classmethod
    def of(cls, resolved: object) -> TokenText | None:
        """Take a resolved value apart.

        Args:
            resolved: What CDK resolved a token to.

        Returns:
            The text, or None if the value is a function that only the deployment can
            evaluate.
        """
        parts = _parts(resolved)
        if parts is None:
            return None
        literal = "".join(part for part in parts if isinstance(part, str))
        # A step of ten keeps the last digit at 1, so that no prefix overlaps itself.
        prefixes = map(str, itertools.count(_FIRST_PREFIX, 10))
        prefix = next(prefix for prefix in prefixes if prefix not in literal)
        return cls(parts=tuple(parts), prefix=prefix)

    @property
    def with_placeholders(self) -> str:
        """The text, with a placeholder for each function."""
        return "".join(
            part if isinstance(part, str) else self._placeholder(index)
            for index, part in enumerate(self.parts)
        )

    def with_tokens(self, mapping: Mapping[str, object]) -> object:
        """Write a mapping as JSON, with the functions in place of their placeholders.

        Args:
            mapping: What was read from the text with placeholders.

        Returns:
            The JSON text, or an ``Fn::Join`` that makes it.
        """
        typed = mapping if self._is_json else self._quoted(mapping)
        text = json.dumps(typed, indent=2, ensure_ascii=False)
        pieces = self._pattern.split(text)
        if len(pieces) == 1:
            return text
        joined = [
            self.parts[int(piece)] if position % 2 else piece
            for position, piece in enumerate(pieces)
        ]
        return {"Fn::Join": ["", [piece for piece in joined if piece != ""]]}

    def described(self, message: str) -> str:
        """A message in which the functions stand in place of their placeholders.

        Args:
            message: A message about the text with placeholders.
        """
        return self._pattern.sub(lambda match: json.dumps(self.parts[int(match[1])]), message)

    def marked(self, text: str, mark: str) -> str:
        """A part of the text with placeholders, with a mark in the place of each.

        Args:
            text: The part.
            mark: The mark.
        """
        return self._pattern.sub(mark, text)

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.prefix}([0-9]{{{_INDEX_DIGITS}}})")

    @property
    def _is_json(self) -> bool:
        return self.with_placeholders.lstrip().startswith("{")

    def _placeholder(self, index: int) -> str:
        return f"{self.prefix}{index:0{_INDEX_DIGITS}}"

    def _quoted(self, value: object) -> object:
        """YAML writes a text without quotes: a placeholder that reads as a number is a text."""
        if isinstance(value, dict):
            return {key: self._quoted(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._quoted(item) for item in value]
        is_placeholder = isinstance(value, int) and str(value).startswith(self.prefix)
        return str(value) if is_placeholder else value


def _parts(resolved: object) -> Sequence[object] | None:
    if isinstance(resolved, str):
        return [resolved]
    match resolved:
        case {"Fn::Join": ["", [*parts]]}:
            return parts
        case {"Fn::Join": [str(separator), [*parts]]}:
            return [it for part in parts for it in (separator, part)][1:]
        case _:
            return None

"""The ARGs before the first FROM: their values, and which of them only a build can tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cdk_ecr_public_pull.dockerfile.moves import ArgSite
from cdk_ecr_public_pull.dockerfile.parsed import Arg
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import Text, span_of
from cdk_ecr_public_pull.dockerfile.tokens import WordError
from cdk_ecr_public_pull.dockerfile.words import Expansion, expand

_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class BuildArgs:
    """The variables of the FROM lines.

    Attributes:
        predefined: The variables that every Dockerfile has; they come to ``values`` when
            they are first needed.
        values: The variables that have a value.
        given: The values that the build gives (``--build-arg``).
        escape: The file's escape character.
        missing: For each ARG, those that have no value, or an empty one, and whose
            value would change its own; perhaps the ARG itself.
        expansions: The defaults that are in force, expanded.
        sites: Every default that is not empty, in the order of the file.
    """

    given: Mapping[str, str]
    escape: str = "\\"
    predefined: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, Text] = field(default_factory=dict)
    missing: dict[str, frozenset[str]] = field(default_factory=dict)
    expansions: dict[str, Expansion] = field(default_factory=dict)
    sites: list[ArgSite] = field(default_factory=list)

    def declare(self, arg: Arg, *, start: int) -> None:
        """Add the names of an ARG line, in order.

        Args:
            arg: The instruction.
            start: The byte at which it starts.

        Raises:
            Refusal: BuildKit refuses a default.
        """
        for name_text, default in arg.defaults:
            name = name_text.chars
            missing = _NOTHING
            if name in self.given:
                self.values[name] = Text.unplaced(self.given[name])
                self.expansions.pop(name, None)
            elif default is None:
                self._take_predefined()
            else:
                expansion = self.expand(default, start=start)
                self.values[name] = expansion.text
                self.expansions[name] = expansion
                if default.chars:
                    span = span_of(default)
                    self.sites.append(ArgSite(span.start, span.end, name))
                missing = self.missing_for(expansion.names)
            has_value = name in self.values and bool(self.values[name].chars)
            # Of an empty one whose default takes its value from others, those are to blame.
            self.missing[name] = missing if has_value or missing else frozenset({name})

    def expand(self, word: Text, *, start: int) -> Expansion:
        """Expand a word of a FROM or ARG line.

        Args:
            word: The word.
            start: The byte at which the instruction starts.

        Raises:
            Refusal: BuildKit refuses the word.
        """
        if "$" in word.chars:
            self._take_predefined()
        try:
            return expand(word, self.values, escape=self.escape, expansions=self.expansions)
        except WordError as error:
            missing = self.missing_for([error.required] if error.required else ())
            raise Refusal(
                f'failed to process "{word.chars}": {error}',
                start=start,
                offset=error.offset,
                missing_args=tuple(sorted(missing)),
            ) from None

    def _take_predefined(self) -> None:
        if self.predefined:
            predefined = {
                name: Text.unplaced(self.given.get(name, value))
                for name, value in self.predefined.items()
            }
            self.values = predefined | self.values
            self.predefined = {}

    def missing_for(self, names: Iterable[str]) -> frozenset[str]:
        """The ARGs without a value, or with an empty one, that these variables depend on."""
        missing = _NOTHING
        for name in names:
            if more := self.missing.get(name):
                missing = missing | more if missing else more
        return missing

    def site_at(self, offset: int) -> ArgSite | None:
        """The default that holds a byte of the file, or None."""
        index = bisect_right(self.sites, offset, key=_start) - 1
        if index >= 0 and offset < self.sites[index].end:
            return self.sites[index]
        return None


def _start(site: ArgSite) -> int:
    return site.start

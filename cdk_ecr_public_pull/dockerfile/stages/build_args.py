"""The ARGs before the first FROM: their values, and which of them only a build can tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.dockerfile.expansion.expand import Expansion, expand
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text, WordError, span_of
from cdk_ecr_public_pull.images.platform import parse_platform

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.expansion.expand import Unresolved
    from cdk_ecr_public_pull.dockerfile.instructions.nodes import Arg, Definition

_NOTHING: frozenset[str] = frozenset()
# The defaults that are empty and may be given a value between their quotes.
_EMPTY_QUOTES = ('""', "''")


class ArgSite(NamedTuple):
    """The default of an ARG: its first byte, the byte after its last, and the ARG's name."""

    start: int
    end: int
    name: str


class EmptyDefault(NamedTuple):
    """Where an ARG without a value can be given one: the byte, and what must stand before it."""

    place: int
    before: str
    name: str


class BuildArgs:
    """The variables of the FROM lines.

    Attributes:
        given: The values that the build gives (``--build-arg``).
        predefined: The variables that every Dockerfile has, each with its value.
        escape: The file's escape character.
        values: The variables that have a value.
        missing: For each ARG, those that have no value, or an empty one, and whose
            value would change its own; perhaps the ARG itself.
        expansions: The defaults that are in force, expanded.
        sites: Every default that is not empty, in the order of the file.
        empty: Where the ARGs without a value can be given one.
        unresolved: For each ``UNKNOWN`` of a value, by its byte in the file, the variable
            that it stands for.
    """

    def __init__(
        self,
        *,
        given: Mapping[str, str],
        predefined: Mapping[str, Text],
        escape: str,
        is_open: bool = False,
    ) -> None:
        """Begin without an ARG.

        Args:
            given: The values that the build gives.
            predefined: The variables that every Dockerfile has, each with its value.
            escape: The file's escape character.
            is_open: Whether an ARG without a value has an unknown one, instead of none.
        """
        self.given = given
        self.predefined = predefined
        self.escape = escape
        self.values = dict(predefined)
        for name in given.keys() & predefined.keys():
            self.values[name] = Text.unplaced(given[name])
        self.missing: dict[str, frozenset[str]] = {}
        self.expansions: dict[str, Expansion] = {}
        self.sites: list[ArgSite] = []
        self.empty: dict[str, EmptyDefault] = {}
        self.unresolved: dict[int, Unresolved] = {}
        self._is_open = is_open
        self._unknown: set[str] = set()
        self._declared: list[tuple[Arg, int]] = []

    @cached_property
    def opened(self) -> BuildArgs:
        """The same ARGs, of which each without a value has an unknown one."""
        opened = BuildArgs(
            given=self.given, predefined=self.predefined, escape=self.escape, is_open=True
        )
        for arg, start in self._declared:
            opened.declare(arg, start=start)
        return opened

    def declare(self, arg: Arg, *, start: int) -> None:
        """Add the names of an ARG line, in order.

        Args:
            arg: The instruction.
            start: The byte at which it starts.

        Raises:
            BuildError: BuildKit refuses a default.
        """
        self._declared.append((arg, start))
        refused: BuildError | None = None
        for definition in arg.definitions:
            try:
                self._define(definition, start)
            except BuildError as error:
                # An ARG that others need may still get its value from the build.
                self.missing[definition.name.chars] = frozenset(error.missing_args)
                refused = refused or error
        if refused is not None:
            raise refused

    def _define(self, definition: Definition, start: int) -> None:
        name, default = definition.name.chars, definition.default
        missing = _NOTHING
        if name in self.given:
            self.values[name] = Text.unplaced(self.given[name])
            self.expansions.pop(name, None)
        elif default is not None:
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
        self.empty.pop(name, None)
        if not has_value:
            self._note_empty(definition)
        if self._is_open:
            self._unknown.discard(name)
            if not has_value:
                self._unknown.add(name)

    def _note_empty(self, definition: Definition) -> None:
        name, default = definition.name.chars, definition.default
        if default is None:
            self.empty[name] = EmptyDefault(definition.place, "=", name)
        elif not default.chars:
            self.empty[name] = EmptyDefault(definition.place, "", name)
        elif default.chars in _EMPTY_QUOTES:
            self.empty[name] = EmptyDefault(span_of(default).start + 1, "", name)

    def expand(self, word: Text, *, start: int) -> Expansion:
        """Expand a word of a FROM or ARG line.

        Args:
            word: The word.
            start: The byte at which the instruction starts.

        Raises:
            BuildError: BuildKit refuses the word.
        """
        try:
            expansion = expand(
                word,
                self.values,
                escape=self.escape,
                expansions=self.expansions,
                unknown=self._unknown,
            )
        except WordError as error:
            missing = self.missing_for([error.required] if error.required else ())
            raise BuildError(
                f'failed to process "{word.chars}": {error}',
                start=start,
                offset=error.offset,
                missing_args=tuple(sorted(missing)),
            ) from None
        self.unresolved.update(expansion.unresolved)
        return expansion

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


@cache
def platform_args(platform: str, target: str) -> Mapping[str, Text]:
    """The build arguments that every Dockerfile has without declaring them.

    They are those of
    https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope.

    Args:
        platform: The platform that is built for; it is taken for the building machine's too.
        target: The name of the stage that is built; ``default`` if it has none.

    Raises:
        InvalidPlatform: It is none.
    """
    it = parse_platform(platform)
    rest = [part for part in (it.architecture, it.variant) if part]
    args = {
        "BUILDPLATFORM": "/".join((it.system, *rest)),
        "TARGETPLATFORM": "/".join((it.system + it.options, *rest)),
    }
    for side in ("BUILD", "TARGET"):
        args[f"{side}OS"] = it.system
        args[f"{side}OSVERSION"] = it.version
        args[f"{side}ARCH"] = it.architecture
        args[f"{side}VARIANT"] = it.variant
    args["TARGETSTAGE"] = target or "default"
    return {name: Text.unplaced(value) for name, value in args.items()}

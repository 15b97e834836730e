"""The stages of a build, and what each of them takes from where.

The rules are those of ``frontend/dockerfile/dockerfile2llb/convert.go`` in
https://github.com/moby/buildkit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cdk_ecr_public_pull.dockerfile.moves import SCRATCH, Place, Via
from cdk_ecr_public_pull.dockerfile.parsed import Copy, OnBuild, Parsed, Run
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError
from cdk_ecr_public_pull.dockerfile.words import NO_NAMES, Expansion, expand

# strconv.Atoi's integers; one beyond 64 bits is read as a name.
_INTEGER = re.compile(r"[+-]?0*([0-9]{1,19})")
_INT64 = 1 << 63


@dataclass(slots=True, eq=False)
class Step:
    """An instruction of a stage, with the byte that it starts at."""

    parsed: Parsed
    start: int


@dataclass(slots=True, eq=False)
class State:
    """A stage, or an image that stages copy from or mount.

    Attributes:
        base_name: The name of the base, expanded; empty if only a build argument tells.
        start: The byte at which its first use starts.
        index: Which stage of the file it is, from 0; None if it is an image alone.
        name: The stage's name in lower case, or None.
        steps: The instructions of the stage.
        base: The stage it is built on, or None if that is an image.
        depends_on: What it copies from or mounts.
        triggers: What the ONBUILD instructions in it make the stages on top depend on.
    """

    base_name: str
    start: int
    index: int | None = None
    name: str | None = None
    steps: list[Step] = field(default_factory=list)
    base: State | None = None
    depends_on: list[State] = field(default_factory=list)
    triggers: list[State] = field(default_factory=list)

    @property
    def label(self) -> str:
        """How BuildKit calls the stage in its messages."""
        return self.name or f"stage-{self.index}"


@dataclass(slots=True, eq=False)
class Use(Place):
    """A place of the file that names a stage or an image, and what takes something from it.

    Attributes:
        expansion: The name that comes of the word.
        start: The byte at which its instruction starts.
        stage: The stage that the place is in; None for the syntax image.
        users: The stages that take something from what is named: the stage itself, or
            for an ONBUILD those that are built on it.
        state: What is named; None if only a build on top tells.
    """

    expansion: Expansion
    start: int
    stage: State | None
    users: Sequence[State]
    state: State | None

    @property
    def names_image(self) -> bool:
        """Whether the place names an image, and not a stage."""
        if self.state is None:
            return True
        if self.via is Via.FROM:
            return self.state.base is None
        # An index may be that of an image, which then is named elsewhere.
        return self.state.index is None and self.state.base_name == self.word.chars


@dataclass(slots=True, kw_only=True)
class StageGraph:
    """All states of a build.

    Attributes:
        escape: The file's escape character.
        states: The stages in order, then the images that they take something from.
        uses: The places that name them.
        has_links: Whether a stage takes something from another one, or from itself.
    """

    escape: str = "\\"
    states: list[State] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    has_links: bool = False
    _by_name: dict[str, State] = field(default_factory=dict)

    def add(self, state: State) -> None:
        """Add a state; its base is the last stage of that name so far, if there is one."""
        self.states.append(state)
        state.base = self._by_name.get(state.base_name)
        if state.name:
            self._by_name[state.name] = state

    def find(self, name: str) -> State | None:
        """The last stage of a name, without regard to case."""
        # The name of a stage is ASCII, and one that is not may become so in lower case.
        return self._by_name.get(name.lower()) if name.isascii() else None

    @property
    def stages(self) -> list[State]:
        """The stages of the file."""
        return [state for state in self.states if state.index is not None]

    def connect(self, target: State) -> None:
        """Find what the instructions of all stages take from where.

        Args:
            target: The stage that is built.

        Raises:
            Refusal: A stage index does not exist, a variable stands where none may,
                or a stage depends on itself.
        """
        for stage in self.stages:
            for step in stage.steps:
                self._connect(step, step.parsed, stage, (stage,))
        if self.has_links:
            self._refuse_cycles()
        self._fire_triggers(target)

    def _fire_triggers(self, target: State) -> None:
        # Triggers are not inherited beyond the stage right on top.
        built_on: dict[int, list[State]] = {}
        for stage in self.stages:
            built_on.setdefault(id(stage.base), []).append(stage)
        refused: list[tuple[Refusal, list[State]]] = []
        for stage in self.stages:
            for step in stage.steps:
                if not isinstance(step.parsed, OnBuild):
                    continue
                users = built_on.get(id(stage), [])
                try:
                    if users and step.parsed.refusal:
                        raise step.parsed.refusal
                    self._connect(step, step.parsed.trigger, stage, users)
                except Refusal as refusal:
                    refused.append((refusal, users))
        # Only those of stages that are built are fired.
        reachable = self.reachable_from(target) if refused else set()
        for cause, users in refused:
            if any(id(user) in reachable for user in users):
                raise cause

    def reachable_from(self, target: State) -> set[int]:
        """The ids of the states that a build of ``target`` needs."""
        seen: set[int] = set()
        waiting = [target]
        while waiting:
            state = waiting.pop()
            if id(state) not in seen:
                seen.add(id(state))
                waiting += state.depends_on
                if state.base is not None:
                    waiting += (state.base, *state.base.triggers)
        return seen

    def _connect(self, step: Step, parsed: Parsed, stage: State, users: Sequence[State]) -> None:
        taken = stage.depends_on if parsed is step.parsed else stage.triggers
        for via, word in _named_in(parsed):
            if word is None:
                if users:
                    self._take_nothing(step, taken)
                continue
            state = None
            # A trigger that no stage fires names what a build on top will find.
            if users:
                if via is Via.COPY:
                    self._refuse_variables(word, step.start)
                state = self._state_for(word.chars, step.start, by_index=via is Via.COPY)
                self.has_links = self.has_links or state.index is not None
                taken.append(state)
            kind = via if parsed is step.parsed else Via.ONBUILD
            expansion = Expansion(word, (), NO_NAMES)
            self.uses.append(Use(kind, word, expansion, step.start, stage, users, state))

    def _take_nothing(self, step: Step, taken: list[State]) -> None:
        """Count a mount that names nothing: BuildKit takes it for one of ``scratch``."""
        state = self._state_for(SCRATCH, step.start, by_index=False)
        self.has_links = self.has_links or state.index is not None
        taken.append(state)

    def _state_for(self, name: str, start: int, *, by_index: bool) -> State:
        digits = _INTEGER.fullmatch(name) if by_index else None
        if digits and int(digits[1]) < _INT64:
            index = int(name)
            if not 0 <= index < len(self.states):
                raise Refusal(f"invalid stage index {index}", start=start)
            return self.states[index]
        found = self.find(name)
        if found is None:
            found = State(name, start)
            self.add(found)
        return found

    def _refuse_variables(self, word: Text, start: int) -> None:
        try:
            is_plain = expand(word, {}, escape=self.escape).text.chars == word.chars
        except WordError:
            is_plain = False
        if not is_plain:
            message = (
                "variable expansion is not supported for --from, define a new stage with FROM "
                "using ARG from global scope as a workaround"
            )
            raise Refusal.of(message, start, word)

    def _refuse_cycles(self) -> None:
        done: set[int] = set()
        for start in self.states:
            path: list[tuple[State, Iterator[State]]] = []
            on_path: set[int] = set()
            _enter(start, done, path, on_path)
            while path:
                state, waiting = path[-1]
                following = next(waiting, None)
                if following is None:
                    path.pop()
                    on_path.discard(id(state))
                elif id(following) in on_path:
                    message = f"circular dependency detected on stage: {start.label}"
                    raise Refusal(message, start=start.start)
                else:
                    _enter(following, done, path, on_path)


def _enter(
    state: State, done: set[int], path: list[tuple[State, Iterator[State]]], on_path: set[int]
) -> None:
    if id(state) not in done:
        done.add(id(state))
        on_path.add(id(state))
        path.append((state, iter(state.depends_on)))


def _named_in(parsed: Parsed) -> Iterable[tuple[Via, Text | None]]:
    if isinstance(parsed, Copy) and parsed.source is not None:
        return [(Via.COPY, parsed.source)]
    if isinstance(parsed, Run):
        return [(Via.MOUNT, source) for source in parsed.sources]
    return []

"""The stages of a build, and what each of them takes from where.

The rules are those of ``frontend/dockerfile/dockerfile2llb/convert.go`` in
https://github.com/moby/buildkit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cdk_ecr_public_pull.dockerfile.expansion.expand import Expansion, is_plain
from cdk_ecr_public_pull.dockerfile.instructions.nodes import (
    SCRATCH,
    Copy,
    Node,
    OnBuild,
    Run,
    Via,
)
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text

# strconv.Atoi's integers; one beyond 64 bits is read as a name.
_INTEGER = r"[+-]?0*([0-9]{1,19})"
_INT64 = 1 << 63


class Step:
    """An instruction of a stage, with the byte that it starts at and its number in the file."""

    __slots__ = ("node", "order", "start")

    def __init__(self, node: Node, start: int, order: int) -> None:
        self.node = node
        self.start = start
        self.order = order


class State:
    """A stage, or an image that stages copy from or mount.

    Attributes:
        base_name: The name of the base, expanded; empty if only a build argument tells.
        start: The byte at which its first use starts.
        order: The number of its FROM among the file's instructions.
        index: Which stage of the file it is, from 0; None if it is an image alone.
        name: The stage's name in lower case, or None.
        steps: The instructions of the stage.
        base: The stage it is built on, or None if that is an image.
        depends_on: What it copies from or mounts.
        triggers: What the ONBUILD instructions in it make the stages on top depend on.
    """

    __slots__ = (
        "base",
        "base_name",
        "depends_on",
        "index",
        "name",
        "order",
        "start",
        "steps",
        "triggers",
    )

    def __init__(
        self, base_name: str, start: int, *, index: int | None = None, name: str | None = None
    ) -> None:
        self.base_name = base_name
        self.start = start
        self.index = index
        self.name = name
        self.order = 0
        self.steps: list[Step] = []
        self.base: State | None = None
        self.depends_on: list[State] = []
        self.triggers: list[State] = []

    @property
    def label(self) -> str:
        """How BuildKit calls the stage in its messages."""
        return self.name or f"stage-{self.index}"


class Use:
    """A place of the file that names a stage or an image, and what takes something from it.

    Attributes:
        via: The kind of place.
        word: The word as it is written.
        expansion: What comes of the word; None if that is the word itself.
        start: The byte at which its instruction starts.
        order: That instruction's number in the file, -1 for a directive.
        stage: The stage that the place is in; None for the syntax image.
        users: The stages that take something from what is named: the stage itself, or
            for an ONBUILD those that are built on it.
        state: What is named; None if only a build on top tells.
        error: Why BuildKit refuses the name, if only as long as a build argument has no value.
        unresolved: The build arguments that tell the rest of the name, if at least the
            repository is known without them.
    """

    __slots__ = (
        "error",
        "expansion",
        "order",
        "stage",
        "start",
        "state",
        "unresolved",
        "users",
        "via",
        "word",
    )

    def __init__(
        self,
        via: Via,
        word: Text,
        start: int,
        order: int,
        *,
        stage: State | None,
        users: Sequence[State],
        state: State | None,
        expansion: Expansion | None = None,
    ) -> None:
        self.via = via
        self.word = word
        self.start = start
        self.order = order
        self.stage = stage
        self.users = users
        self.state = state
        self.expansion = expansion
        self.error: BuildError | None = None
        self.unresolved: tuple[str, ...] = ()

    @property
    def name(self) -> Text:
        """The name that comes of the word."""
        return self.word if self.expansion is None else self.expansion.text

    @property
    def names_image(self) -> bool:
        """Whether the place names an image, and not a stage."""
        if self.state is None:
            return True
        if self.via is Via.FROM:
            return self.state.base is None
        # An index may be that of an image, which then is named elsewhere.
        return self.state.index is None and self.state.base_name == self.word.chars


class StageGraph:
    """All states of a build.

    Attributes:
        escape: The file's escape character.
        states: The stages in order, then the images that they take something from.
        uses: The places that name them.
        has_links: Whether a stage takes something from another one, or from itself.
        has_triggers: Whether a stage has an ONBUILD instruction.
    """

    def __init__(self) -> None:
        self.escape = "\\"
        self.states: list[State] = []
        self.uses: list[Use] = []
        self.has_links = False
        self.has_triggers = False
        self._by_name: dict[str, State] = {}

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

    def connect(self) -> None:
        """Find what the instructions of all stages take from where.

        Raises:
            BuildError: A stage index does not exist, or a variable stands where none may.
        """
        for stage in self.stages:
            for step in stage.steps:
                if isinstance(step.node, Copy | Run):
                    self._connect(step, step.node, stage, (stage,))

    def fire_triggers(self, target: State) -> None:
        """Find what the ONBUILD instructions make the stages on top take from where.

        Args:
            target: The stage that is built.

        Raises:
            BuildError: As ``connect`` says, for a stage that is built.
        """
        # Triggers are not inherited beyond the stage right on top.
        built_on: dict[int, list[State]] = {}
        for stage in self.stages:
            built_on.setdefault(id(stage.base), []).append(stage)
        refused: list[tuple[BuildError, list[State]]] = []
        for stage in self.stages:
            for step in stage.steps:
                if not isinstance(step.node, OnBuild):
                    continue
                users = built_on.get(id(stage), [])
                try:
                    if users and step.node.error:
                        raise step.node.error
                    self._connect(step, step.node.trigger, stage, users)
                except BuildError as error:
                    refused.append((error, users))
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

    def _connect(self, step: Step, node: Node, stage: State, users: Sequence[State]) -> None:
        taken = stage.depends_on if node is step.node else stage.triggers
        for via, word in _named_in(node):
            state = None
            # A trigger that no stage fires names what a build on top will find.
            if users:
                if via is Via.COPY and word is not None:
                    self._refuse_variables(word, step.start)
                # A mount that names nothing is one of scratch.
                name = SCRATCH if word is None else word.chars
                state = self._state_for(name, step.start, by_index=via is Via.COPY)
                self.has_links = self.has_links or state.index is not None
                taken.append(state)
            if word is None:
                continue
            kind = via if node is step.node else Via.ONBUILD
            self.uses.append(
                Use(kind, word, step.start, step.order, stage=stage, users=users, state=state)
            )

    def _state_for(self, name: str, start: int, *, by_index: bool) -> State:
        digits = re.fullmatch(_INTEGER, name) if by_index else None
        if digits and int(digits[1]) < _INT64:
            index = int(name)
            if not 0 <= index < len(self.states):
                raise BuildError(f"invalid stage index {index}", start=start)
            return self.states[index]
        found = self.find(name)
        if found is None:
            found = State(name, start)
            self.add(found)
        return found

    def _refuse_variables(self, word: Text, start: int) -> None:
        if not is_plain(word, escape=self.escape):
            message = (
                "variable expansion is not supported for --from, define a new stage with FROM "
                "using ARG from global scope as a workaround"
            )
            raise BuildError.at(word, message, start)


def _named_in(node: Node) -> Iterable[tuple[Via, Text | None]]:
    if isinstance(node, Copy) and node.source is not None:
        return [(Via.COPY, node.source)]
    if isinstance(node, Run):
        return [(Via.MOUNT, source) for source in node.sources]
    return []

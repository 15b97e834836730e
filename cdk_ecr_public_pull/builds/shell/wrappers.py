"""Commands that run other commands: what stands behind ``sudo``, ``timeout``, ``bash -c``.

The options are those of the programs in Debian 13, of POSIX, and of bash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
_SHELL_OPTIONS_WITH_VALUE = frozenset({"--init-file", "--rcfile"})


class _Wrapper(NamedTuple):
    """What stands between a program and the command that it runs.

    Attributes:
        valued: The options that take the next word.
        operands: How many other words come before the command.
        asks: The options with which it runs nothing.
    """

    valued: frozenset[str] = frozenset()
    operands: int = 0
    asks: frozenset[str] = frozenset()


def _wrapper(valued: str = "", *, operands: int = 0, asks: str = "") -> _Wrapper:
    return _Wrapper(frozenset(valued.split()), operands, frozenset(asks.split()))


_WRAPPERS: Mapping[str, _Wrapper] = {
    **dict.fromkeys("! { do elif else if then until while".split(), _wrapper()),
    "chronic": _wrapper(),
    "command": _wrapper(asks="-v -V"),
    "doas": _wrapper("-u -C"),
    "env": _wrapper("-u --unset -C --chdir"),
    "exec": _wrapper("-a"),
    "ionice": _wrapper("-c --class -n --classdata"),
    "nice": _wrapper("-n --adjustment"),
    "nohup": _wrapper(),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i --input -o --output -e --error"),
    "sudo": _wrapper("-C -D -g --group -h --host -p --prompt -R -r -T -t -U -u --user"),
    "time": _wrapper("-f --format -o --output"),
    "timeout": _wrapper("-k --kill-after -s --signal", operands=1),
    "unbuffer": _wrapper(),
    "xargs": _wrapper("-a --arg-file -d --delimiter -E -I -L --max-lines -n --max-args -P -s"),
}


def without_wrappers(words: Sequence[str]) -> list[str]:
    """The command that a command runs in the end.

    Args:
        words: The words of a simple command.

    Returns:
        Its words; none if it runs no other and asks only about it.
    """
    rest = list(words)
    while rest:
        if _is_assignment(rest[0]):
            rest.pop(0)
            continue
        name = _program(rest[0])
        known = _WRAPPERS.get(name)
        if known is None:
            # Many scripts have a function, or a program, that tries a command again.
            if "retry" in name.lower() and "docker" in rest:
                return rest[rest.index("docker") :]
            return rest
        rest = _behind(rest[1:], known)
    return []


def inner_script(words: Sequence[str]) -> str | None:
    """The script that a shell or ``eval`` is given as a word; None if it is given none.

    Args:
        words: The words of a command, without wrappers.
    """
    if not words:
        return None
    if words[0] == "eval":
        return " ".join(words[1:])
    script, is_told = _shell_operand(words)
    return script if is_told else None


def reads_script(words: Sequence[str]) -> bool:
    """Say whether a command is a shell that reads its script from the standard input.

    Args:
        words: The words of a simple command.
    """
    command = without_wrappers(words)
    return (
        bool(command)
        and _program(command[0]) in _SHELLS
        and (_shell_operand(command) == (None, False) or "-s" in command)
    )


def _shell_operand(words: Sequence[str]) -> tuple[str | None, bool]:
    """The first operand of a shell, and whether that is a script, by ``-c``."""
    if _program(words[0]) not in _SHELLS:
        return None, False
    rest, is_told = list(words[1:]), False
    while rest and rest[0][:1] in {"-", "+"} and len(rest[0]) > 1:
        option = rest.pop(0)
        if option == "--":
            break
        if option in _SHELL_OPTIONS_WITH_VALUE:
            del rest[:1]
        elif not option.startswith("--"):
            is_told = is_told or (option[0] == "-" and "c" in option)
            # bash -euo pipefail -c
            if option[-1] in "oO":
                del rest[:1]
    return (rest[0] if rest else None), is_told


def _behind(words: list[str], wrapper: _Wrapper) -> list[str]:
    """What follows a wrapper's options and operands."""
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option in wrapper.asks:
            return []
        if option == "--":
            break
        if _takes_next(option, wrapper.valued):
            del rest[:1]
    return rest[wrapper.operands :]


def _takes_next(option: str, valued: frozenset[str]) -> bool:
    """Whether an option's value is the next word; letters may stand together: ``-Eu``."""
    if option.startswith("--"):
        return option in valued
    first = next((i for i, it in enumerate(option[1:], start=1) if f"-{it}" in valued), None)
    return first is not None and first == len(option) - 1


def _program(word: str) -> str:
    return word.rpartition("/")[2]


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()

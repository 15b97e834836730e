"""Which files of a build context a ``.dockerignore`` leaves out.

BuildKit's rules: https://docs.docker.com/build/concepts/context/#dockerignore-files
and https://github.com/moby/patternmatcher. CDK's own ``IgnoreMode.DOCKER`` compares
names without regard to case, which would leave out ``README.md`` for a rule
``readme.md``, and with it a file that the build needs.

A rule is one line. Spaces around it, an empty line and a line that begins with
``#`` count for nothing; ``!`` brings back what earlier rules left out; the last
rule that fits wins. A rule fits a path if it fits the path or a folder above it.
``*`` and ``?`` stop at ``/``, ``**`` does not, ``[a-z]`` is one of these characters,
and a backslash takes the meaning from the next character.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class _IgnoreRule:
    pattern: re.Pattern[str]
    brings_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRules:
    """The rules of one ``.dockerignore`` file.

    Attributes:
        rules: The rules, in file order.
    """

    rules: tuple[_IgnoreRule, ...] = ()

    @classmethod
    def parse(cls, text: str, *, path: str) -> IgnoreRules:
        """Read the rules.

        Args:
            text: The file's text; a byte order mark counts for nothing.
            path: The file's path, for messages.

        Raises:
            UnusableFile: A line is no rule; BuildKit would refuse the build too.
        """
        return cls(rules=tuple(_rules(text.removeprefix("\ufeff"), path)))

    def ignores(self, path: PurePosixPath) -> bool:
        """Whether a path is left out.

        Args:
            path: The path, from the context's root.
        """
        candidates = [str(path), *(str(parent) for parent in path.parents if parent.name)]
        for rule in reversed(self.rules):
            if any(rule.pattern.fullmatch(candidate) for candidate in candidates):
                return not rule.brings_back
        return False

    def ignores_all_of(self, folder: PurePosixPath) -> bool:
        """Whether a folder is left out and no rule could bring back a part of it.

        Args:
            folder: The folder's path, from the context's root.
        """
        return self.ignores(folder) and not any(rule.brings_back for rule in self.rules)


def _rules(text: str, path: str) -> Iterator[_IgnoreRule]:
    for number, line in enumerate(text.split("\n"), start=1):
        rule = line.strip()
        if not rule or line.startswith("#"):
            continue
        try:
            pattern = _pattern(rule.removeprefix("!").strip())
        except (ValueError, re.error) as error:
            raise UnusableFile(
                f"{path}:{number}: {rule!r} is not a rule of a .dockerignore file: {error}.\n"
                "  help: https://docs.docker.com/build/concepts/context/#syntax describes the rules"
            ) from None
        yield _IgnoreRule(pattern=pattern, brings_back=rule.startswith("!"))


def _pattern(name: str) -> re.Pattern[str]:
    if not name:
        raise ValueError("nothing follows the exclamation mark")
    return re.compile(_regex(posixpath.normpath(name).lstrip("/")), re.DOTALL)


_TOKEN = re.compile(r"\*\*/?$|\*\*/?|\*|\?|\\.|\[(?:\\.|[^\]\\])+\]|.", re.DOTALL)
_REGEX_OF = {"**": "(?:.*/)?", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}


def _regex(pattern: str) -> str:
    return "".join(_regex_of(match) for match in _TOKEN.finditer(pattern))


def _regex_of(match: re.Match[str]) -> str:
    token = match[0]
    if token.startswith("**") and match.end() == len(match.string):
        return ".*"
    if token in _REGEX_OF:
        return _REGEX_OF[token]
    if token == "[":
        raise ValueError("a [ is not closed")
    if len(token) > 1 and token.startswith("["):
        # Python warns of a [ within brackets; escaped, it means the same.
        return "[" + token[1:-1].replace("[", r"\[") + "]"
    return re.escape(token[1:] if len(token) > 1 else token)

r"""The simple commands of a shell script, as far as reading it can tell.

The grammar is that of https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
and of bash where it adds to it, in the parts that decide where a word and a command end:

    word       = { literal | "\" any | quoted | expansion }
    quoted     = "'" text "'" | '"' { text | "\" any | expansion } '"'
    expansion  = "$" name | "${…}" | "$(" script ")" | "$((…))" | "`" script "`" | "$'…'"
    separator  = newline | ";" | "&" | "|" | "(" | ")", and doubles of them

``shlex`` cannot do it: it ends a comment together with its line, so that two commands
become one, and it knows no here-documents, whose bodies are commands for a shell alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from cdk_ecr_public_pull.builds.shell.wrappers import reads_script
from cdk_ecr_public_pull.images.partial import UNKNOWN

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-]")
_REDIRECTION = re.compile(r"&>>?|<<<|<<-?|>>|>\||[<>]&|<>|[<>]")
_DOUBLE_QUOTED_ESCAPES = '$`"\\\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class _HereDocument:
    delimiter: str
    strips_tabs: bool


class _Unfinished(Exception):
    """The script ends within a quote or an expansion."""


def simple_commands(script: str) -> list[tuple[str, ...]]:
    """Find the commands that a script may run, those in substitutions too.

    Args:
        script: The text of a script, of one or more lines.

    Returns:
        The words of each command, without redirections and comments, in no promised
        order. ``UNKNOWN`` stands for each expansion:
        its value only the running shell knows. Of a script that no shell could
        read, those before the place are returned.
    """
    scanner = _Scanner(text=script.replace("\r\n", "\n"))
    # A shell would run the lines before it; what the last one means is open.
    with suppress(_Unfinished):
        scanner.commands_until(None)
    return scanner.found


@dataclass(slots=True, kw_only=True)
class _Scanner:
    text: str
    at: int = 0
    found: list[tuple[str, ...]] = field(default_factory=list)
    here_documents: list[_HereDocument] = field(default_factory=list)

    def commands_until(self, closing: str | None) -> None:
        """Read commands up to a closing parenthesis, or up to the end."""
        words: list[str] = []
        for word in self._words(closing):
            if word is not None:
                words.append(word)
            elif words:
                self.found.append(tuple(words))
                words = []

    def _words(self, closing: str | None) -> Iterator[str | None]:
        """The words, and None between two commands."""
        while char := self._after_blanks():
            if match := _REDIRECTION.match(self.text, self.at):
                if self._redirection(match):
                    yield UNKNOWN
            elif char in "\n;&|()":
                self.at += 1
                yield None
                if char == closing:
                    return
                self._after_separator(char)
            else:
                word = self._word()
                # The number of a file descriptor belongs to the redirection after it.
                if not (word.isdigit() and self._peek() and self._peek() in "<>"):
                    yield word
        if closing is not None:
            raise _Unfinished
        yield None

    def _after_blanks(self) -> str:
        """The first character of what follows blanks, continued lines and a comment."""
        while True:
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self._peek() == "#":
                self._skip_line()
            elif self._peek() and self._peek() in " \t":
                self.at += 1
            else:
                return self._peek()

    def _after_separator(self, char: str) -> None:
        if char == "\n":
            self._skip_here_documents()
        elif char == "(":
            self.commands_until(")")

    def _word(self) -> str:
        parts: list[str] = []
        while (char := self._peek()) and char not in " \t\n;&|()<>":
            parts.append(self._piece(char))
        return "".join(parts)

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._up_to("'")
        if char == '"':
            return self._double_quoted()
        if char in "$`":
            return self._expansion(char)
        self.at += 1
        if char == "\\":
            escaped = self._take()
            return "" if escaped == "\n" else escaped
        return char

    def _double_quoted(self) -> str:
        self.at += 1
        parts: list[str] = []
        while (char := self._peek()) != '"':
            if char and char in "$`":
                parts.append(self._expansion(char))
                continue
            taken = self._take()
            if taken == "\\" and self._peek() and self._peek() in _DOUBLE_QUOTED_ESCAPES:
                taken = self._take().replace("\n", "")
            parts.append(taken)
        self.at += 1
        return "".join(parts)

    def _expansion(self, char: str) -> str:
        if char == "`":
            inner = re.sub(r"\\([$`\\])", r"\1", self._up_to("`"))
            self.found += simple_commands(inner)
            return UNKNOWN
        self.at += 1
        if self.text.startswith("((", self.at):
            self._skip_balanced("(", ")")
        elif self._peek() == "(":
            self.at += 1
            self.commands_until(")")
        elif self._peek() == "{":
            self._skip_balanced("{", "}")
        elif self._peek() == "'":
            self._up_to("'")
        elif match := _NAME.match(self.text, self.at):
            self.at = match.end()
        else:
            return "$"
        return UNKNOWN

    def _redirection(self, match: re.Match[str]) -> bool:
        """Read over a redirection; returns whether it is a process substitution, a word."""
        self.at = match.end()
        if match[0] in "<>" and self._peek() == "(":
            self.at += 1
            self.commands_until(")")
            return True
        while self._peek() and self._peek() in " \t":
            self.at += 1
        target = self._word()
        if match[0] in ("<<", "<<-"):
            document = _HereDocument(delimiter=target, strips_tabs=match[0] == "<<-")
            self.here_documents.append(document)
        return False

    def _skip_here_documents(self) -> None:
        for document in self.here_documents:
            lines: list[str] = []
            while lines[-1:] != [document.delimiter] and self.at < len(self.text):
                start = self.at
                self._skip_line()
                line = self.text[start : self.at]
                lines.append(line.lstrip("\t") if document.strips_tabs else line)
                self.at += 1
            # The last command of the line has it, or gets it through a pipe.
            if self.found and reads_script(self.found[-1]):
                self.found += simple_commands("\n".join(lines[:-1]))
        self.here_documents = []

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _skip_balanced(self, opening: str, closing: str) -> None:
        depth = 0
        while True:
            char = self._take()
            if char == "\\":
                self._take()
            elif char == "'" and opening == "{":
                self.at -= 1
                self._up_to("'")
            depth += (char == opening) - (char == closing)
            if not depth:
                return

    def _up_to(self, quote: str) -> str:
        """What is between the quote here and the next one; a backslash guards a backquote."""
        start = self.at + 1
        end = self.text.find(quote, start)
        while quote == "`" and end > 0 and self.text[end - 1] == "\\":
            end = self.text.find(quote, end + 1)
        if end < 0:
            raise _Unfinished
        self.at = end + 1
        return self.text[start:end]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise _Unfinished
        self.at += 1
        return char

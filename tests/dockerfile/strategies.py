"""Dockerfiles to try: made up from the grammar, with odd white space, or broken on purpose.

``HYPOTHESIS_PROFILE=thorough`` tries many more, other ones each time.
"""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis import strategies as st

from tests.dockerfile.forms import HEREDOCS, LONG_FORMS, OTHERS, SHELL_HEREDOCS, STARTS
from tests.dockerfile.support import FRAGMENTS, cases

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(quick: int) -> settings:
    """How hard to try: a number of examples, the same each time, or many more at random.

    Args:
        quick: The number without ``HYPOTHESIS_PROFILE=thorough``.
    """
    if THOROUGH:
        return settings(max_examples=quick * 50, deadline=None, database=None)
    return settings(max_examples=quick, deadline=None, derandomize=True, database=None)


_NAMES = st.sampled_from(["A", "B", "REGISTRY", "TAG", "node", "BASE", "TARGETARCH"])
_STAGES = st.sampled_from(["build", "Build", "nginx", "node", "scratch", "a-b.c_d", "x0"])
_REPOSITORIES = st.sampled_from(
    "node nginx alpine library/node docker.io/node docker.io/library/alpine index.docker.io/nginx "
    "index.docker.io/library/node myorg/app my-base ghcr.io/owner/app localhost:5000/node scratch "
    "public.ecr.aws/docker/library/node build 0 Node azul-zulu".split()
)
_VERSIONS = st.sampled_from(["", "", ":21", ":3.19-slim", ":latest", "@sha256:" + "ab" * 32, ":"])
_OPERATORS = st.sampled_from([":-", "-", ":+", "+", "#", "##", "%", "%%", ":?", "?"])


def _variables(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _NAMES.map("${}".format),
        _NAMES.map("${{{}}}".format),
        st.builds("${{{}{}{}}}".format, _NAMES, _OPERATORS, words),
        st.builds("${{{}/{}/{}}}".format, _NAMES, st.sampled_from(["n", "*", "?o"]), words),
    )


_PLAIN_IMAGES = st.builds(str.__add__, _REPOSITORIES, _VERSIONS)
_VALUES = st.recursive(
    st.one_of(_PLAIN_IMAGES, _REPOSITORIES, st.sampled_from(["", "21", "docker.io", "docker.io/"])),
    lambda inner: st.one_of(
        _variables(inner),
        inner.map('"{}"'.format),
        inner.map("'{}'".format),
        st.builds(str.__add__, inner, inner),
        st.builds("{}/{}".format, inner, inner),
        st.builds("{}:{}".format, inner, inner),
    ),
    max_leaves=4,
)
_IMAGES = st.one_of(_PLAIN_IMAGES, _VALUES)


@st.composite
def _escaped(draw: st.DrawFn, words: st.SearchStrategy[str], escape: str) -> str:
    """A word, now and then with an escape before a character that means the same without."""
    word = draw(words)
    if word and draw(st.integers(0, 5)) == 0:
        place = draw(st.integers(0, len(word) - 1))
        word = word[:place] + escape + word[place:]
    return word


@st.composite
def _from(draw: st.DrawFn, escape: str) -> list[str]:
    words = ["FROM"]
    if draw(st.booleans()):
        words.append(
            "--platform=" + draw(st.sampled_from(["linux/arm64", "$BUILDPLATFORM", '"linux"']))
        )
    words.append(draw(_escaped(_IMAGES, escape)))
    if draw(st.booleans()):
        words += [draw(st.sampled_from(["AS", "as", "aS"])), draw(_STAGES)]
    return words


@st.composite
def _arg(draw: st.DrawFn, escape: str) -> list[str]:
    words = ["ARG"]
    for name in draw(st.lists(_NAMES, min_size=1, max_size=3)):
        default = draw(st.none() | _escaped(_VALUES, escape) | _IMAGES.map('"{}"'.format))
        words.append(name if default is None else f"{name}={default}")
    return words


@st.composite
def _mount(draw: st.DrawFn) -> str:
    source = draw(st.one_of(_PLAIN_IMAGES, _STAGES))
    fields = draw(
        st.permutations(
            [
                "type=" + draw(st.sampled_from(["bind", "cache", "tmpfs", "ssh", "secret"])),
                draw(st.sampled_from(["target=/x", "rw", "id=é"])),
                draw(st.sampled_from([f"from={source}", f'"from={source}"', "readonly"])),
            ]
        )
    )
    value = ",".join(fields)
    return "--mount=" + draw(st.sampled_from(["{}", "'{}'"])).format(value)


@st.composite
def _copy(draw: st.DrawFn) -> list[str]:
    source = draw(st.one_of(_PLAIN_IMAGES, _STAGES, st.sampled_from(["0", "1", "2", "-1", "$A"])))
    flags = draw(
        st.permutations(
            [
                draw(
                    st.sampled_from(
                        [f"--from={source}", f'--from="{source}"', f"'--from={source}'"]
                    )
                ),
                draw(st.sampled_from(["--link", "--chown=1:1", "--chmod=$A", "--link=false"])),
            ]
        )
    )
    paths = draw(
        st.sampled_from(["/a /b", '["/a", "/b"]', "$A ${B:-x} /c", "é /b", "-- /a", "a <<b"])
    )
    return ["COPY", *flags[: draw(st.integers(0, 2))], *paths.split(" ")]


@st.composite
def _instruction(draw: st.DrawFn, escape: str) -> list[str]:
    kind = draw(st.integers(0, 13))
    if kind == 0:
        return draw(_arg(escape))
    if kind in (1, 2):
        return draw(_copy())
    if kind in (3, 4):
        return ["RUN", *draw(st.lists(_mount(), max_size=2)), "ls", "-l"]
    if kind == 5:
        return ["ONBUILD", *draw(_copy())]
    if kind in (6, 7, 8):
        return draw(st.sampled_from(LONG_FORMS)).split(" ")
    if kind == 9:
        return [draw(st.sampled_from(SHELL_HEREDOCS))]
    return [draw(st.sampled_from(HEREDOCS if kind == 10 else OTHERS))]


@st.composite
def _lines(draw: st.DrawFn, words: list[str], escape: str) -> str:
    """Words on one line or several, with white space, continuations and comments between."""
    gaps = st.sampled_from(
        [" "] * 12
        + ["  ", "\t", "\x0b", f" {escape}\n", f"{escape}\n ", f" {escape} \t\n\t"]
        + [f" {escape}\n# x {escape}\n\n  ", f" {escape}\n  #y\n{escape}\n"]
    )
    text = draw(st.sampled_from(["", "", "", " ", "\t", "\u00a0"])) + words[0]
    for word in words[1:]:
        text += draw(gaps) + word
    if draw(st.integers(0, 15)) == 0:
        place = draw(st.integers(0, len(text)))
        text = f"{text[:place]}{escape}\n{text[place:]}"
    return text + draw(st.sampled_from(["", "", "", " ", "\t", escape]))


@st.composite
def dockerfiles(draw: st.DrawFn) -> bytes:
    """Dockerfiles, most of which BuildKit would build."""
    escape = draw(st.sampled_from(["\\", "\\", "\\", "`"]))
    parts = draw(st.sampled_from(STARTS))
    parts = [*parts, "# escape=`"] if escape == "`" else [*parts]
    for words in draw(st.lists(_arg(escape), max_size=3)):
        parts.append(draw(_lines(words, escape)))
    for _ in range(draw(st.integers(1, 3))):
        parts.append(draw(_lines(draw(_from(escape)), escape)))
        for words in draw(st.lists(_instruction(escape), max_size=3)):
            parts.append(draw(_lines(words, escape)))
    if draw(st.integers(0, 3)) == 0:
        parts = [part.lower() if "<<" not in part else part for part in parts]
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = "\n".join(parts).replace("\n", end) + draw(st.sampled_from([end, end, ""]))
    return draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"])) + text.encode()


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Files of the case table, with a few bytes put in, taken out, moved or doubled."""
    content = draw(st.sampled_from([case.content for case in cases()]))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(_place(content)), draw(_place(content))))
        piece = content[first:last]
        match draw(st.integers(0, 4)):
            case 0 | 1:
                content = content[:first] + draw(st.sampled_from(FRAGMENTS)) + content[first:]
            case 2:
                content = content[:first] + draw(st.sampled_from(FRAGMENTS)) + content[last:]
            case 3:
                content = content[:last] + piece + content[last:]
            case _:
                other = draw(st.sampled_from([case.content for case in cases()]))
                content = content[:first] + other + content[last:]
    return content


def _place(content: bytes) -> st.SearchStrategy[int]:
    return st.integers(0, len(content))

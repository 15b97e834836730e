"""What COPY and ADD take from elsewhere than the build context.

The rules are those of ``dockerfile2llb/convert_copy.go`` and ``dfgitutil`` in
``frontend/dockerfile`` of https://github.com/moby/buildkit, and for checksums those of
https://github.com/opencontainers/go-digest. A source that only they can tell from a local
path is left to the build.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HTTP = re.compile(r"https?://")
_GIT = re.compile(r"git@[A-Za-z0-9.\-]+:.|(?:git|ssh)://[A-Za-z0-9.\-]+/[\w./-]*$", re.ASCII)
# The forms of git's sources, and what may hide one.
_MAY_BE_GIT = re.compile(r"\.git|@|://|^github\.com/|[$'\"\\`]")
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


def refuse_copied(source: str) -> str | None:
    """Say why BuildKit refuses a source of COPY.

    Args:
        source: The source, expanded.

    Returns:
        The cause; None if it accepts the source.
    """
    if _HTTP.match(source):
        return "source can't be a URL for COPY"
    return "source can't be a git ref for COPY" if _GIT.match(source) else None


def refuse_checksum(checksum: str, sources: Sequence[str], *, is_git: bool) -> str | None:
    """Say why BuildKit refuses a checksum of ADD.

    Args:
        checksum: The checksum, expanded; an empty one is none.
        sources: The sources, as they are written, heredocs left out.
        is_git: Whether a flag says that the source is one of git, whatever its form.

    Returns:
        The cause; None if it accepts the checksum.
    """
    if not checksum:
        return None
    if len(sources) != 1:
        return "checksum can't be specified for multiple sources"
    source = sources[0]
    if is_git:
        return None
    if _HTTP.match(source) and not _MAY_BE_GIT.search(source.partition("://")[2]):
        return _refuse_digest(checksum)
    is_local = not _MAY_BE_GIT.search(source)
    return "checksum requires HTTP(S) or Git sources" if is_local else None


def _refuse_digest(text: str) -> str | None:
    algorithm, colon, encoded = text.partition(":")
    if algorithm in _LENGTHS and colon:
        is_valid = re.fullmatch(rf"[a-f0-9]{{{_LENGTHS[algorithm]}}}", encoded)
        return None if is_valid else "invalid checksum digest format"
    is_digest = _DIGEST.fullmatch(text)
    return "unsupported digest algorithm" if is_digest else "invalid checksum digest format"

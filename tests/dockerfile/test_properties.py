"""What holds for every file: see ``invariants`` for the list."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tests.dockerfile.invariants import check_everything
from tests.dockerfile.strategies import dockerfiles, examples, mutations


@examples(500)
@given(dockerfiles())
def test_any_dockerfile(content: bytes) -> None:
    """Of a made-up Dockerfile, exactly the pulls that have a copy are moved."""
    check_everything(content)


@examples(500)
@given(mutations())
def test_any_broken_dockerfile(content: bytes) -> None:
    """Of a broken Dockerfile, nothing is changed that should not be."""
    check_everything(content)


@examples(100)
@given(st.binary(max_size=60))
@example(b"")
def test_any_bytes(content: bytes) -> None:
    """Of bytes that are no Dockerfile, nothing is changed, and no error is raised."""
    check_everything(content)

"""The rest of the garbage collector while a large file is worked on."""

from __future__ import annotations

import gc

import pytest

from cdk_ecr_public_pull.dockerfile.collector import collecting_later

SMALL = b"FROM node:21\n"
LARGE = SMALL * 10_000


@collecting_later
def is_collecting(content: bytes, *, fails: bool = False) -> bool:
    """Whether the collector is on while this runs."""
    if fails:
        raise ValueError(content[:4])
    return gc.isenabled()


@pytest.mark.parametrize(("content", "expected"), [(SMALL, True), (LARGE, False)])
def test_rest(content: bytes, expected: bool) -> None:
    """It rests for a large file, and works again afterwards."""
    assert is_collecting(content) is expected
    assert gc.isenabled()


def test_failure() -> None:
    """It works again after a failure."""
    with pytest.raises(ValueError, match="FROM"):
        is_collecting(LARGE, fails=True)

    assert gc.isenabled()


def test_off() -> None:
    """One that is off stays off."""
    gc.disable()
    try:
        assert not is_collecting(LARGE)
        assert not gc.isenabled()
    finally:
        gc.enable()

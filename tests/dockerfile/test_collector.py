"""The rest of the garbage collector while a large file is worked on."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial

import pytest

from cdk_ecr_public_pull.dockerfile.collector import collecting_later
from cdk_ecr_public_pull.dockerfile.long_way import planned_edits
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.rules import RuleSettings

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


@pytest.mark.parametrize(
    "work",
    [
        rewrite_dockerfile,
        check_dockerfile,
        find_pulls,
        partial(
            planned_edits,
            mirrors=Mirrors(),
            settings=RuleSettings(),
            build_args=None,
            target=None,
            platform=DEFAULT_PLATFORM,
        ),
    ],
)
def test_works_on_files(work: Callable[[bytes], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever takes a whole file lets it rest, once."""
    rests: list[bool] = []
    monkeypatch.setattr(gc, "disable", lambda: rests.append(True))

    work(LARGE)

    assert rests == [True]


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

"""What counts as a relocation: the question that a rewrite asks itself before it is handed out."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.analysis import Conditions, analyse
from cdk_ecr_public_pull.dockerfile.decisions import decide
from cdk_ecr_public_pull.dockerfile.long_way import is_relocation
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.mirrors import Mirrors

BEFORE = b"FROM node AS a\nFROM nginx\nCOPY --from=a x y\nRUN --mount=from=myorg/x,target=/x ls\n"
RIGHT = BEFORE.replace(b"node", b"public.ecr.aws/docker/library/node").replace(
    b"nginx", b"public.ecr.aws/docker/library/nginx"
)
RELOCATED = {
    "right": (RIGHT, True),
    "with a comment": (b"# x\n" + RIGHT, True),
    "as before": (BEFORE, False),
    "half": (BEFORE.replace(b"node", b"public.ecr.aws/docker/library/node"), False),
    "another tag": (RIGHT.replace(b"/node", b"/node:1"), False),
    "another stage name": (RIGHT.replace(b"AS a", b"AS c").replace(b"from=a", b"from=c"), False),
    "another stage taken from": (RIGHT.replace(b"from=a", b"from=1"), False),
    "an image for a stage": (RIGHT.replace(b"AS a", b"AS c"), False),
    "one pull more": (RIGHT + b"COPY --from=node x y\n", False),
    "one pull less": (RIGHT.replace(b"RUN --mount=from=myorg/x,target=/x ls\n", b""), False),
    "one that has no copy": (RIGHT.replace(b"myorg/x", b"reg.example/x"), False),
    "another order": (b"".join(RIGHT.splitlines(keepends=True)[::-1]), False),
    "refused": (RIGHT + b"LABLE x\n", False),
    "empty": (b"", False),
}


@pytest.mark.parametrize(("content", "expected"), RELOCATED.values(), ids=RELOCATED.keys())
def test_is_relocation(content: bytes, expected: bool) -> None:
    """Only a file whose pulls are the old ones, moved, in the same stages, is a relocation."""
    conditions = Conditions(build_args={}, target=None, platform=DEFAULT_PLATFORM)
    before = analyse(BEFORE, conditions, lenient=True)
    after = analyse(content, conditions, lenient=True)
    decisions = decide(before, Mirrors(), lambda _: True)
    assert is_relocation(before, decisions, after) is expected

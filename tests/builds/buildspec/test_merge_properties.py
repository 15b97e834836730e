"""What holds for a merge into any buildspec."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.login import LoginRegion, login_commands

[LOGIN] = login_commands()
[OTHER_LOGIN] = login_commands(regions=[LoginRegion.US_EAST_1], required=False)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
COMMANDS = TEXTS | st.lists(TEXTS | st.just(LOGIN), max_size=3) | st.none()
PHASE = st.fixed_dictionaries(
    {},
    optional={
        "finally": COMMANDS,
        "commands": COMMANDS,
        "run-as": TEXTS,
        "runtime-versions": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "x-mine": TEXTS,
    },
)
SPEC = st.fixed_dictionaries(
    {},
    optional={
        "x-mine": st.integers(),
        "phases": st.dictionaries(
            st.sampled_from(["build", "install", "post_build", "pre_build", "x-mine"]),
            PHASE | st.none(),
        ),
        "env": st.fixed_dictionaries({}, optional={"variables": st.dictionaries(TEXTS, TEXTS)}),
        "artifacts": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "version": st.sampled_from([0.2, "0.2"]),
    },
)


def flat(spec: Mapping[str, object], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """Return the values of a buildspec by path, with commands as lists."""
    values: dict[tuple[str, ...], object] = {}
    for key, value in spec.items():
        if isinstance(value, dict) and value:
            values |= flat(value, (*path, key))
        elif key in ("commands", "finally"):
            values[*path, key] = [value] if isinstance(value, str) else value or []
        elif value not in (None, {}):
            values[*path, key] = value
    return values


@settings(deadline=None)
@given(SPEC)
def test_properties(spec: dict[str, object]) -> None:
    """Nothing is lost, reordered or added but the login, and merging twice is merging once."""
    before = copy.deepcopy(spec)

    merged = merge_login(spec, [LOGIN])

    assert spec == before
    assert merge_login(merged.build_spec, [OTHER_LOGIN]) == merged
    assert json.loads(json.dumps(merged.build_spec)) == merged.build_spec
    old, new = flat(before), flat(merged.build_spec)
    added = {path: value for path, value in new.items() if old.get(path) != value}
    assert {path: value for path, value in old.items() if path not in new} == {}
    assert {
        path: value[1:] if isinstance(value, list) and value[0] == LOGIN else value
        for path, value in added.items()
    } == {path: old.get(path, default) for path, default in expected_additions(added).items()}


def expected_additions(
    added: Mapping[tuple[str, ...], object],
) -> dict[tuple[str, ...], object]:
    """Return what a merge may add, of that which it did add."""
    additions: dict[tuple[str, ...], object] = {
        ("version",): "0.2",
        ("phases", "install", "commands"): [],
        ("phases", "pre_build", "commands"): [],
        ("phases", "build", "commands"): [],
    }
    return {path: default for path, default in additions.items() if path in added}

"""Commands that run other commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_ecr_public_pull.builds.shell.docker_commands import named_images

RUNS = [
    "bash -ec 'docker run nginx:1'",
    "sh -xc 'docker run nginx:1'",
    "/bin/sh -c 'docker run nginx:1' sh argument",
    "bash -euo pipefail -c 'docker run nginx:1'",
    "bash --norc -o pipefail -c 'docker run nginx:1'",
    "env -u A B=c bash -c 'docker run nginx:1'",
    "sudo -u builder bash -lc 'timeout -k 5 60 docker run nginx:1'",
    "bash <<EOF\ndocker run nginx:1\nEOF",
    "bash -eu <<'EOF'\ndocker run nginx:1\nEOF\necho done",
    "sh -s argument <<-EOF\n\tdocker run nginx:1\n\tEOF",
    "cat <<EOF | sudo bash\ndocker run nginx:1\nEOF",
    "f() { docker run nginx:1; }\nf",
    "function f {\n  docker run nginx:1\n}\nf",
    "timeout -k 5 60 docker run nginx:1",
    "timeout --signal=KILL 60 docker run nginx:1",
    "timeout 60 docker run nginx:1",
    "sudo -u x docker run nginx:1",
    "sudo -Eu x -- docker run nginx:1",
    "nice -n 5 docker run nginx:1",
    "nice -5 docker run nginx:1",
    "ionice -c 3 nice docker run nginx:1",
    "stdbuf -oL docker run nginx:1",
    "time -f %e docker run nginx:1",
    "eval 'docker run nginx:1'",
    "eval docker run nginx:1",
    "retry 3 docker run nginx:1",
    "./ci/retry.sh --times 3 docker run nginx:1",
    "echo a | xargs -n 1 docker run nginx:1",
    "command docker run nginx:1",
    "exec -a name docker run nginx:1",
]
RUNS_NOTHING = [
    "command -v docker run nginx:1",
    "cat <<EOF\ndocker run nginx:1\nEOF",
    "bash script.sh <<EOF\ndocker run nginx:1\nEOF",
    "bash -c true <<EOF\ndocker run nginx:1\nEOF",
    "echo bash -c 'docker run nginx:1'",
    "echo retry docker run nginx:1",
    "bash -c",
    "bash -x docker run nginx:1",
    "timeout docker run nginx:1",
    "eval",
    "retry",
    "sudo -u docker run nginx:1",
]


@pytest.mark.parametrize("script", RUNS)
def test_runs(script: str) -> None:
    """What runs in the end names its image."""
    assert [image.text for image in named_images(script)] == ["nginx:1"]


@pytest.mark.parametrize("script", RUNS_NOTHING)
def test_runs_nothing(script: str) -> None:
    """What is a text, a question, or another program's, names none."""
    assert named_images(script) == ()


PIECES = st.sampled_from(
    ["docker", "run", "pull", "bash", "-c", "-ec", "sudo", "-u", "timeout", "60", "eval", "'", '"',
     "<<EOF", "\nEOF\n", "nginx:1", "$x", "$(", ")", "|", ";", " ", "retry", "-", "--", "{", "}"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=60))
def test_any_text(script: str) -> None:
    """Nothing makes it fail, and without the word there is no image."""
    images = named_images(script)

    assert images == () or "docker" in script

"""`policy`."""

from __future__ import annotations

import json

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.source_policy import HubPulls, source_policy
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.cli.program import Cli, Ran

CONFIG = """\
local_images = ["my-base"]
[mirrors]
"grafana/*" = "cache.example/grafana/*"
"""
MIRRORS = Mirrors(mirrors={"grafana/*": "cache.example/grafana/*"}, local_images=["my-base"])


def test_it_prints_the_policy(cli: Cli) -> None:
    """Without options and configuration it is that of a build by default."""
    ran = cli("policy")

    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == source_policy(Mirrors())


def test_it_reads_the_configuration(cli: Cli) -> None:
    """The mirrors and the local images are those of the project, and options are added."""
    cli.write("ecr-public-pull.toml", CONFIG)

    ran = cli("policy", "--enforce", "--allow", "docker/dockerfile", "--allow", "a/*")

    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == source_policy(
        MIRRORS, hub_pulls=HubPulls.ENFORCE, allow=["docker/dockerfile", "a/*"]
    )


def test_it_prints_the_command(cli: Cli) -> None:
    """With --shell it is what the library puts into buildspecs that insist on the policy."""
    file = cli.write("elsewhere.toml", CONFIG)

    ran = cli("policy", "--shell", "--config", str(file))

    [command] = hub_pulls_commands(MIRRORS, hub_pulls=HubPulls.SOURCE_POLICY)
    assert ran == Ran(status=0, out=f"{command}\n")


def test_a_wrong_name(cli: Cli) -> None:
    """What is no image name ends the run with a message."""
    assert cli("policy", "--allow", "a b") == Ran(
        status=2,
        err=(
            'ecr-public-pull: allowed image "a b" is not an image name or a pattern of one: '
            "invalid reference format\n"
        ),
    )

"""``ecr-public-pull policy``: print the source policy that moves the pulls of docker build."""

from __future__ import annotations

import argparse
import json

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.source_policy import HubPulls, source_policy
from cdk_ecr_public_pull.cli.commands.common import config_of
from cdk_ecr_public_pull.cli.statuses import OK


def run(options: argparse.Namespace) -> int:
    """Print the policy, or the command that sets it; returns the exit status."""
    mirrors = config_of(options).mirrors
    hub_pulls = HubPulls.ENFORCE if options.enforce else HubPulls.SOURCE_POLICY
    if options.shell:
        print("\n".join(hub_pulls_commands(mirrors, hub_pulls=hub_pulls, allow=options.allow)))
    else:
        policy = source_policy(mirrors, hub_pulls=hub_pulls, allow=options.allow)
        print(json.dumps(policy, indent=2))
    return OK

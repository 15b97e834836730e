"""Source policies: their text, and what BuildKit makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from cdk_ecr_public_pull.builds.source_policy import HubPulls, source_policy
from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.mirrors import Mirrors, Verdict, official_images, unseen_copies
from cdk_ecr_public_pull.images.reference import ImageReference
from tests.builds.buildkit_policy import Denied, evaluate

REDIRECT, SOURCE_POLICY, ENFORCE, AS_WRITTEN = HubPulls
CACHE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
OFFICIAL = "public.ecr.aws/docker/library"
DIGEST = "sha256:" + "a" * 64
OTHERS = [{"key": "ecr-public-pull.as-written", "value": "true", "condition": "NOTEQUAL"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a policy is made from."""

    mirrors: dict[str, str] = field(default_factory=dict)
    local: Sequence[str] = ()
    hub_pulls: HubPulls = REDIRECT
    allow: Sequence[str] = ()

    def pulled(self, image: str) -> str:
        """What is pulled in the place of an image, or ``denied``."""
        policy = source_policy(
            Mirrors(mirrors=self.mirrors, local_images=self.local),
            hub_pulls=self.hub_pulls,
            allow=self.allow,
        )
        reference = ImageReference.parse(image).with_default_tag()
        try:
            return evaluate(policy, f"docker-image://{reference}").removeprefix("docker-image://")
        except Denied:
            return "denied"


def test_the_whole_policy() -> None:
    """A reader of the file sees what is left alone, moved and denied, in this order."""
    policy = source_policy(
        Mirrors(mirrors={"myorg/*": f"{CACHE}/myorg/*"}, local_images=["node:custom"]),
        hub_pulls=ENFORCE,
        allow=["docker/dockerfile"],
    )

    catalog = policy["rules"][2]["selector"]["identifier"]  # type: ignore[index]
    start = "^docker-image://docker[.]io/library/((?:adminer|almalinux|alpine|"
    end = "|varnish|wordpress|zookeeper)[:@].+)$"
    assert (catalog[: len(start)], catalog[-len(end) :]) == (start, end)
    assert policy == {
        "version": 1,
        "rules": [
            {
                "action": "CONVERT",
                "selector": {
                    "match_type": "REGEX",
                    "identifier": (
                        "^docker-image://(?:docker[.]io/library/node:custom(?:@.+)?"
                        "|docker[.]io/docker/dockerfile[:@].+)$"
                    ),
                },
                "updates": {
                    "identifier": "${0}",
                    "attrs": {"ecr-public-pull.as-written": "true"},
                },
            },
            {
                "action": "CONVERT",
                "selector": {
                    "match_type": "REGEX",
                    "identifier": "^docker-image://docker[.]io/myorg/(.+)$",
                    "constraints": OTHERS,
                },
                "updates": {"identifier": f"docker-image://{CACHE}/myorg/${{1}}"},
            },
            {
                "action": "CONVERT",
                "selector": {
                    "match_type": "REGEX",
                    "identifier": catalog,
                    "constraints": OTHERS,
                },
                "updates": {"identifier": "docker-image://public.ecr.aws/docker/library/${1}"},
            },
            {
                "action": "DENY",
                "selector": {
                    "match_type": "REGEX",
                    "identifier": "^docker-image://docker[.]io/",
                    "constraints": OTHERS,
                },
            },
        ],
    }


def test_by_default_it_is_one_rule() -> None:
    """Most builds get a policy of one rule, of 1.4 kB."""
    policy = source_policy(Mirrors())

    assert len(policy["rules"]) == 1  # type: ignore[arg-type]
    assert len(json.dumps(policy)) < 1500


def test_as_written_has_no_rules() -> None:
    """Whatever the mirrors say, nothing is moved."""
    mirrors = Mirrors(mirrors={"myorg/*": f"{CACHE}/myorg/*"}, local_images=["my-base"])

    assert source_policy(mirrors, hub_pulls=AS_WRITTEN) == {"version": 1, "rules": []}


def test_no_two_rules_have_the_same_selector() -> None:
    """BuildKit would take the constraints of the first for both."""
    mirrors = Mirrors(
        mirrors={"node": f"{CACHE}/node", "node/*": f"{CACHE}/n/*", "docker.io/*": f"{CACHE}/*"},
        local_images=["node", "node:*", "*/*"],
    )

    policy = source_policy(mirrors, hub_pulls=ENFORCE, allow=["node", "docker.io/node"])

    rules: list[dict[str, dict[str, str]]] = policy["rules"]  # type: ignore[assignment]
    identifiers = [rule["selector"]["identifier"] for rule in rules]
    assert len(set(identifiers)) == len(identifiers) == 5


HUB_CACHE = Given(mirrors={"docker.io/*": f"{CACHE}/hub/*"})
PUBLIC_CACHE = Given(mirrors={"public.ecr.aws/*": f"{CACHE}/public/*"})
RENAMED = Given(mirrors={f"{OFFICIAL}/node": f"{CACHE}/nodejs"})
LONGEST = Given(
    mirrors={"myorg/*": f"{CACHE}/a/*", "myorg/app": f"{CACHE}/b", "myorg/x/*": f"{CACHE}/c/*"}
)
CUSTOM = Given(local=["node:custom"])
LATEST = Given(local=["node:lat*", "ghcr.io/o/*:dev"], mirrors={"ghcr.io/*": f"{CACHE}/ghcr/*"})
ENFORCED = Given(
    hub_pulls=ENFORCE,
    local=["my-base", "myorg/*", "node:custom"],
    allow=["docker/dockerfile", "grafana/*:1*", "python:3.14-odd"],
)


@pytest.mark.parametrize(
    ("given", "image", "expected"),
    [
        # What stays as it is.
        (Given(), "my-base", "docker.io/library/my-base:latest"),
        (Given(), "grafana/grafana:11", "docker.io/grafana/grafana:11"),
        (Given(), "azul-zulu:21", "docker.io/library/azul-zulu:21"),
        (Given(), "library/node/x", "docker.io/library/node/x:latest"),
        (Given(), "node-x", "docker.io/library/node-x:latest"),
        (Given(), "xnode", "docker.io/library/xnode:latest"),
        (Given(), "docker/dockerfile:1", "docker.io/docker/dockerfile:1"),
        (Given(), "ghcr.io/library/node", "ghcr.io/library/node:latest"),
        (Given(), "docker-io/library/node", "docker.io/docker-io/library/node:latest"),
        (Given(), "docker.iox/library/node", "docker.iox/library/node:latest"),
        (Given(), "x.docker.io/library/node", "x.docker.io/library/node:latest"),
        (Given(), "elasticsearch:9", "docker.io/library/elasticsearch:9"),
        (Given(), "rocketxchat", "docker.io/library/rocketxchat:latest"),
        # What moves.
        (Given(), "node", f"{OFFICIAL}/node:latest"),
        (Given(), "docker.io/node:21", f"{OFFICIAL}/node:21"),
        (Given(), "index.docker.io/node:21", f"{OFFICIAL}/node:21"),
        (Given(), f"node@{DIGEST}", f"{OFFICIAL}/node@{DIGEST}"),
        (Given(), f"node:21@{DIGEST}", f"{OFFICIAL}/node:21@{DIGEST}"),
        # Declared copies.
        (HUB_CACHE, "node:21", f"{CACHE}/hub/library/node:21"),
        (HUB_CACHE, "a/b/c:1", f"{CACHE}/hub/a/b/c:1"),
        (HUB_CACHE, "ghcr.io/a/b", "ghcr.io/a/b:latest"),
        (PUBLIC_CACHE, "node:21", f"{CACHE}/public/docker/library/node:21"),
        (PUBLIC_CACHE, "public.ecr.aws/a/b:1", f"{CACHE}/public/a/b:1"),
        (RENAMED, "node:21", f"{CACHE}/nodejs:21"),
        (RENAMED, "python:3", f"{OFFICIAL}/python:3"),
        (LONGEST, "myorg/app:1", f"{CACHE}/b:1"),
        (LONGEST, "myorg/app/y:1", f"{CACHE}/a/app/y:1"),
        (LONGEST, "myorg/x/y:1", f"{CACHE}/c/y:1"),
        (LONGEST, "myorg/x", f"{CACHE}/a/x:latest"),
        # Local images.
        (CUSTOM, "node:custom", "docker.io/library/node:custom"),
        (CUSTOM, f"node:custom@{DIGEST}", f"docker.io/library/node:custom@{DIGEST}"),
        (CUSTOM, "node:custom2", f"{OFFICIAL}/node:custom2"),
        (CUSTOM, f"node@{DIGEST}", f"{OFFICIAL}/node@{DIGEST}"),
        (CUSTOM, "python:custom", f"{OFFICIAL}/python:custom"),
        (LATEST, f"node@{DIGEST}", f"docker.io/library/node@{DIGEST}"),
        (LATEST, "node:late", "docker.io/library/node:late"),
        (LATEST, "node:21-lat", f"{OFFICIAL}/node:21-lat"),
        (LATEST, "ghcr.io/o/p:dev", "ghcr.io/o/p:dev"),
        (LATEST, "ghcr.io/o/p:1", f"{CACHE}/ghcr/o/p:1"),
        (Given(local=["*base"]), "node:1-base", f"{OFFICIAL}/node:1-base"),
        (Given(local=["*21"]), f"node:21@{DIGEST}", f"{OFFICIAL}/node:21@{DIGEST}"),
        (Given(local=["node:*a"]), f"node:1@{DIGEST}", f"{OFFICIAL}/node:1@{DIGEST}"),
        (
            Given(local=["localhost*/b"], mirrors={"localhost:5000/*": f"{CACHE}/*"}),
            "localhost:5000/b",
            f"{CACHE}/b:latest",
        ),
        (
            Given(local=["reg.*/b"], mirrors={"reg.local:5000/*": f"{CACHE}/*"}),
            "reg.local:5000/b",
            "reg.local:5000/b:latest",
        ),
        # Enforced.
        (ENFORCED, "node:21", f"{OFFICIAL}/node:21"),
        (ENFORCED, "ghcr.io/a/b", "ghcr.io/a/b:latest"),
        (ENFORCED, "azul-zulu:21", "denied"),
        (ENFORCED, "unknown", "denied"),
        (ENFORCED, "grafana/grafana:11", "docker.io/grafana/grafana:11"),
        (ENFORCED, "grafana/grafana:2", "denied"),
        (ENFORCED, "docker/dockerfile:1", "docker.io/docker/dockerfile:1"),
        (ENFORCED, "docker/dockerfile-upstream:1", "denied"),
        (ENFORCED, "python:3.14-odd", "docker.io/library/python:3.14-odd"),
        (ENFORCED, "my-base", "docker.io/library/my-base:latest"),
        (ENFORCED, "myorg/x/y:1", "docker.io/myorg/x/y:1"),
        (ENFORCED, "node:custom", "docker.io/library/node:custom"),
        (Given(hub_pulls=ENFORCE), "docker/dockerfile:1", "denied"),
        (Given(hub_pulls=ENFORCE, mirrors=HUB_CACHE.mirrors), "a/b", f"{CACHE}/hub/a/b:latest"),
    ],
)
def test_what_is_pulled(given: Given, image: str, expected: str) -> None:
    """What BuildKit pulls in the place of an image."""
    assert given.pulled(image) == expected


def test_the_catalog_is_that_of_the_mirrors() -> None:
    """Each official image goes where the mirrors say; without a copy that was seen it stays."""
    moved = {name: Given().pulled(f"{name}:1") for name in official_images()}

    expected = {}
    for name in official_images():
        resolution = Mirrors().resolve(ImageReference.parse(f"{name}:1"))
        copy = None if name in unseen_copies() else resolution.replacement
        expected[name] = str(copy or resolution.reference)
        assert resolution.verdict in {Verdict.MIRRORED, Verdict.NO_MIRROR}
    assert moved == expected


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        ("", "is not an image name or a pattern of one: invalid reference format"),
        (f"a/b@{DIGEST}", "has a digest.\n  help: name it without the digest"),
    ],
)
def test_wrong_allowed_images(image: str, cause: str) -> None:
    """What is no name is refused, also where nothing is enforced."""
    with pytest.raises(InvalidConfig) as caught:
        source_policy(Mirrors(), hub_pulls=AS_WRITTEN, allow=["node", image])

    assert str(caught.value) == f'allowed image "{image}" {cause}'

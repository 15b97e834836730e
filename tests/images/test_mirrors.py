"""Where copies are: the verdicts, what comes first, and what a declaration may not say."""

from __future__ import annotations

import pickle

import pytest

from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution, Verdict, official_images
from cdk_ecr_public_pull.images.reference import ImageReference

DIGEST = "sha256:" + "a" * 64
GALLERY = "https://gallery.ecr.aws/docker"
OFFICIAL = "public.ecr.aws/docker/library"
CACHE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def resolve(image: str, mirrors: Mirrors | None = None) -> tuple[Verdict, str | None, str | None]:
    """The verdict about an image, its copy and the reason."""
    resolution = (mirrors or Mirrors()).resolve(ImageReference.parse(image))
    copy = resolution.replacement
    return resolution.verdict, str(copy) if copy else None, resolution.reason


def test_a_whole_resolution() -> None:
    """The copy has the tag and the digest, and the evidence says where to look it up."""
    reference = ImageReference.parse(f"node:21@{DIGEST}")
    assert Mirrors().resolve(reference) == Resolution(
        reference=reference,
        verdict=Verdict.MIRRORED,
        replacement=ImageReference(
            registry="public.ecr.aws", repository="docker/library/node", tag="21", digest=DIGEST
        ),
        reason=None,
        evidence=GALLERY,
    )


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("grafana/grafana:11", "no copy of grafana/grafana on ECR Public is known"),
        ("arm64v8/node", "no copy of arm64v8/node on ECR Public is known"),
        ("amd64/node", "no copy of amd64/node on ECR Public is known"),
        ("library/node/x", "no copy of library/node/x on ECR Public is known"),
        (
            "azul-zulu:21",
            (
                "public.ecr.aws/docker/library has no azul-zulu "
                "(https://github.com/docker-library/official-images/issues/21700)"
            ),
        ),
        ("nim", "nim became an official image in 2026-07; no copy of it has been seen yet"),
        ("espocrm", "espocrm became an official image in 2026-08; no copy of it has been seen yet"),
        *(
            (name, f"{name} is no longer an official image; nobody has shown a copy of it")
            for name in (
                "adoptopenjdk centos consul express-gateway java jenkins jobber mono "
                "nats-streaming vault"
            ).split()
        ),
    ],
)
def test_docker_hub_images_without_a_copy(image: str, reason: str) -> None:
    """An image that is on Docker Hub and has no known copy is told apart from a local one."""
    assert resolve(image) == (Verdict.NO_MIRROR, None, reason)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("node:21", (Verdict.MIRRORED, f"{OFFICIAL}/node:21", None)),
        ("index.docker.io/library/node", (Verdict.MIRRORED, f"{OFFICIAL}/node", None)),
        (f"python@{DIGEST}", (Verdict.MIRRORED, f"{OFFICIAL}/python@{DIGEST}", None)),
        ("openjdk:8", (Verdict.MIRRORED, f"{OFFICIAL}/openjdk:8", None)),
        (
            "my-base:1",
            (Verdict.UNKNOWN, None, "my-base is not one of Docker's official images"),
        ),
        (
            "scratch:latest",
            (Verdict.UNKNOWN, None, "scratch is not one of Docker's official images"),
        ),
        ("ghcr.io/owner/image", (Verdict.NOT_DOCKER_HUB, None, None)),
        ("registry-1.docker.io/library/node", (Verdict.NOT_DOCKER_HUB, None, None)),
        ("registry.hub.docker.com/library/node", (Verdict.NOT_DOCKER_HUB, None, None)),
        ("public.ecr.aws/docker/library/node", (Verdict.NOT_DOCKER_HUB, None, None)),
        ("public.ecr.aws/bitnamilegacy/redis", (Verdict.NOT_DOCKER_HUB, None, None)),
        (
            "public.ecr.aws/bitnami/redis:7",
            (Verdict.WITHDRAWN, None, "public.ecr.aws/bitnami was removed on 2026-06-10"),
        ),
    ],
)
def test_verdicts(image: str, expected: tuple[Verdict, str | None, str | None]) -> None:
    """Each verdict has its case."""
    assert resolve(image) == expected


@pytest.mark.parametrize(
    ("mirrors", "image", "copy"),
    [
        # The longest key wins.
        ({"a/*": "r.io/all/*", "a/b": "r.io/one"}, "a/b:1", "r.io/one:1"),
        ({"a/*": "r.io/all/*", "a/b/*": "r.io/deep/*"}, "a/b/c", "r.io/deep/c"),
        ({"a/b/*": "r.io/deep/*", "a/*": "r.io/all/*"}, "a/b", "r.io/all/b"),
        ({"docker.io/*": "r.io/hub/*", "a/*": "r.io/all/*"}, "a/b", "r.io/all/b"),
        # A path has a registry as a name has; all of Docker Hub includes library/.
        ({"docker.io/*": "r.io/hub/*"}, "node:21", "r.io/hub/library/node:21"),
        ({"docker.io/*": "r.io/*"}, "a/b", "r.io/a/b"),
        ({"index.docker.io/*": "r.io/hub/*"}, "a/b", "r.io/hub/a/b"),
        ({"library/*": "r.io/official/*"}, "node", "r.io/official/node"),
        ({"library/*": "r.io/official/*"}, "no-such-image", "r.io/official/no-such-image"),
        ({"localhost:5000/*": "r.io/*"}, "localhost:5000/a", "r.io/a"),
        # What is configured comes before what is built in, and before what is gone.
        ({"node": "r.io/node"}, f"node:21@{DIGEST}", f"r.io/node:21@{DIGEST}"),
        ({"azul-zulu": "r.io/zulu"}, "azul-zulu", "r.io/zulu"),
        ({"public.ecr.aws/bitnami/*": "r.io/bn/*"}, "public.ecr.aws/bitnami/x", "r.io/bn/x"),
        # Other names of Docker Hub count where they are declared.
        (
            {"registry-1.docker.io/library/*": f"{OFFICIAL}/*"},
            "registry-1.docker.io/library/node:21",
            f"{OFFICIAL}/node:21",
        ),
        # A copy may be moved on, so that a second rewrite finds nothing left to do.
        (
            {"public.ecr.aws/*": f"{CACHE}/ecr-public/*"},
            "node:21",
            f"{CACHE}/ecr-public/docker/library/node:21",
        ),
    ],
)
def test_declared_copies(mirrors: dict[str, str], image: str, copy: str) -> None:
    """A declared copy is used, the one with the longest key if several fit."""
    declared = Mirrors(mirrors=mirrors)
    assert resolve(image, declared) == (Verdict.MIRRORED, copy, None)
    assert resolve(copy, declared) == (Verdict.NOT_DOCKER_HUB, None, None)


@pytest.mark.parametrize(
    ("mirrors", "image", "verdict"),
    [
        ({"a/*": "r.io/all/*"}, "ab/c", Verdict.NO_MIRROR),
        ({"a/b": "r.io/one"}, "a/b/c", Verdict.NO_MIRROR),
        (
            {"registry-1.docker.io/*": "r.io/*"},
            "registry.hub.docker.com/a/b",
            Verdict.NOT_DOCKER_HUB,
        ),
        ({"library/*": "r.io/*"}, "library/a/b", Verdict.MIRRORED),
    ],
)
def test_what_a_key_does_not_mean(mirrors: dict[str, str], image: str, verdict: Verdict) -> None:
    """A key means whole components of a path."""
    assert resolve(image, Mirrors(mirrors=mirrors))[0] is verdict


def test_a_copy_whose_name_is_too_long() -> None:
    """Where a path grows too long, the image has no copy and the reason says so."""
    long = "b" * 250
    copy = f"r.io/{'c' * 10}/{long}"
    assert resolve(f"a/{long}", Mirrors(mirrors={"a/*": f"r.io/{'c' * 10}/*"})) == (
        Verdict.NO_MIRROR,
        None,
        f"its copy would be {copy}: repository name must not be more than 255 characters",
    )


@pytest.mark.parametrize(
    ("local_images", "image", "is_local"),
    [
        (["my-base"], "my-bas", False),
        (["my-base"], "my-base2", False),
        (["my-base"], "x/my-base", False),
        (["my-base"], "ghcr.io/library/my-base", False),
        (["node:custom"], "node:21", False),
        (["node:custom"], "node", False),
        (["myorg/*"], "ghcr.io/myorg/app", False),
        (["my*"], "x/my-base", False),
        (["my.base"], "my-base", False),
        (["my-base"], "my-base", True),
        (["my-base"], "docker.io/library/my-base:2", True),
        (["my-base"], f"my-base@{DIGEST}", True),
        (["my-base:latest"], "my-base", True),
        (["node:custom"], "node:custom", True),
        (["node:build-*"], "node:build-7", True),
        (["myorg/*"], "myorg/app:1", True),
        (["myorg/*"], "myorg/a/b", True),
        (["*-base"], "my-base", True),
        (["ghcr.io/me/*:dev"], "ghcr.io/me/x:dev", True),
        (["localhost:5000/*"], "localhost:5000/x:1", True),
        (["public.ecr.aws/bitnami/*"], "public.ecr.aws/bitnami/x", True),
    ],
)
def test_local_images(local_images: list[str], image: str, is_local: bool) -> None:
    """A local image comes before all else, and a pattern means no other image."""
    mirrors = Mirrors(mirrors={"docker.io/*": "r.io/*"}, local_images=local_images)
    assert (resolve(image, mirrors)[0] is Verdict.LOCAL) is is_local


def test_more_local_images() -> None:
    """Declaring more images keeps the others and the mirrors."""
    mirrors = Mirrors(mirrors={"a/*": "r.io/*"}, local_images=["x"]).with_local_images(["y"])
    assert mirrors == Mirrors(mirrors={"a/*": "r.io/*"}, local_images=["x", "y"])


def test_the_same_mirrors() -> None:
    """Mirrors are the same if the same is declared, and are shown as the call that makes them."""
    declared = Mirrors(mirrors={"a/*": "r.io/*"}, local_images=["x"])

    assert repr(declared) == "Mirrors(mirrors={'a/*': 'r.io/*'}, local_images=('x',))"
    assert len({declared, Mirrors(local_images=("x",), mirrors={"a/*": "r.io/*"})}) == 1
    assert len({declared, Mirrors(local_images=["x"]), Mirrors(mirrors=declared.mirrors)}) == 3
    assert declared != "Mirrors"


def test_mirrors_can_be_sent_to_another_process() -> None:
    """What was declared comes out of a pickle as it went in."""
    mirrors = Mirrors(mirrors={"a/*": "r.io/*"}, local_images=["x/*"])
    again = pickle.loads(pickle.dumps(mirrors))  # noqa: S301  (made here)
    images = ("a/b", "x/y", "node")
    assert [resolve(image, again) for image in images] == [
        resolve(image, mirrors) for image in images
    ]


def test_the_catalog() -> None:
    """The catalog has the 144 official images of its date, each a name that resolves."""
    assert len(official_images()) == 144
    without = {name for name in official_images() if resolve(name)[0] is not Verdict.MIRRORED}
    assert without == {"azul-zulu", "nim", "espocrm"}

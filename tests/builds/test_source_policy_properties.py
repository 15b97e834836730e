"""Whatever is declared, BuildKit pulls what the mirrors say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdk_ecr_public_pull.builds.source_policy import HubPulls, source_policy
from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.declared import LocalImages
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference
from tests.builds.buildkit_policy import Denied, evaluate

DIGEST = "sha256:" + "b" * 64

# Few names, so that what is declared often fits.
REGISTRIES = ("", "docker.io/", "ghcr.io/", "reg.local:5000/", "public.ecr.aws/", "localhost/")
PATHS = "node library/node my-base myorg/app myorg/a.b docker/library/node a/b/c".split()
TAGS = ("", ":latest", ":21", ":5000", ":custom", ":21-custom")

names = st.builds("{}{}".format, st.sampled_from(REGISTRIES), st.sampled_from(PATHS))
images = st.builds(
    "{}{}{}".format, names, st.sampled_from(TAGS), st.sampled_from(("", f"@{DIGEST}"))
)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A name, often with a tag, in which a part may have become a star."""
    text = draw(names) + draw(st.sampled_from(TAGS))
    if draw(st.booleans()):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        text = f"{text[:start]}*{text[end:]}"
    return text


def parents(name: str) -> str:
    """All below the folder of a name, or below its registry."""
    return f"{name.rpartition('/')[0] or 'docker.io'}/*"


copies = st.dictionaries(
    names | st.builds(parents, names),
    st.sampled_from(("cache.example/x", "cache.example/docker/library/node", "ghcr.io/q")),
    max_size=4,
)


def declared(mirrors: dict[str, str], local: list[str]) -> Mirrors | None:
    """The mirrors; None where they contradict each other or hold a name that is none."""
    moved = {key: f"{copy}/*" if key.endswith("/*") else copy for key, copy in mirrors.items()}
    try:
        return Mirrors(mirrors=moved, local_images=local)
    except InvalidConfig:
        return None


def names_of(given: list[str]) -> list[str]:
    """Those that are names or patterns."""
    valid = []
    for text in given:
        try:
            LocalImages((text,))
        except InvalidConfig:
            continue
        valid.append(text)
    return valid


@given(
    mirrors=copies,
    local=st.lists(patterns(), max_size=3).map(names_of),
    allow=st.lists(patterns(), max_size=2).map(names_of),
    enforced=st.booleans(),
    image=images,
)
def test_buildkit_pulls_what_the_mirrors_say(
    *, mirrors: dict[str, str], local: list[str], allow: list[str], enforced: bool, image: str
) -> None:
    """Local and allowed images stay, others go to their copy, and the rest may be denied."""
    answers = declared(mirrors, local)
    if answers is None:
        return
    hub_pulls = HubPulls.ENFORCE if enforced else HubPulls.REDIRECT
    policy = source_policy(answers, hub_pulls=hub_pulls, allow=allow)
    reference = ImageReference.parse(image).with_default_tag()

    try:
        pulled = evaluate(policy, f"docker-image://{reference}")
    except Denied:
        pulled = "denied"

    resolution = answers.with_local_images(allow).resolve(reference)
    expected = f"docker-image://{resolution.replacement or reference}"
    kept = reference in LocalImages((*local, *allow))
    if enforced and not kept and expected.startswith(f"docker-image://{DOCKER_HUB}/"):
        expected = "denied"
    assert pulled == expected

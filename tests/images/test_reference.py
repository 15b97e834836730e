"""Image references: the grammar of distribution/reference, as tables."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import ImageReference, split_registry

SHA256, SHA384, SHA512 = "sha256:" + "a" * 64, "sha384:" + "b" * 96, "sha512:" + "c" * 128
ID = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "canonical", "familiar"),
    [
        ("node", "docker.io/library/node", "node"),
        ("node:21", "docker.io/library/node:21", "node:21"),
        ("library/node", "docker.io/library/node", "node"),
        ("docker.io/node:21", "docker.io/library/node:21", "node:21"),
        ("docker.io/library/node", "docker.io/library/node", "node"),
        ("index.docker.io/node", "docker.io/library/node", "node"),
        ("index.docker.io/library/node", "docker.io/library/node", "node"),
        ("index.docker.io/grafana/grafana", "docker.io/grafana/grafana", "grafana/grafana"),
        ("grafana/grafana:11", "docker.io/grafana/grafana:11", "grafana/grafana:11"),
        ("library/a/b", "docker.io/library/a/b", "library/a/b"),
        ("registry-1.docker.io/library/node", "registry-1.docker.io/library/node", None),
        ("registry.hub.docker.com/library/node", "registry.hub.docker.com/library/node", None),
        ("docker.io:443/library/node", "docker.io:443/library/node", None),
        ("Docker.io/library/node", "Docker.io/library/node", None),
        ("localhost/node", "localhost/node", None),
        ("localhost:5000/node", "localhost:5000/node", None),
        ("local/node", "docker.io/local/node", "local/node"),
        ("HOST/node", "HOST/node", None),
        ("hOst/a/b", "hOst/a/b", None),
        ("host:5000/node:21", "host:5000/node:21", None),
        ("a.b/node", "a.b/node", None),
        ("a-b/node", "docker.io/a-b/node", "a-b/node"),
        ("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"),
        ("[::1]:5000/node:1", "[::1]:5000/node:1", None),
        ("[fd00:1::2]/a/b", "[fd00:1::2]/a/b", None),
        ("127.0.0.1:80/x", "127.0.0.1:80/x", None),
        ("docker.io/localhost/x", "docker.io/localhost/x", "docker.io/localhost/x"),
        ("docker.io/a.b/x", "docker.io/a.b/x", "docker.io/a.b/x"),
        ("docker.io/docker.io/x", "docker.io/docker.io/x", "docker.io/docker.io/x"),
        (
            "docker.io/index.docker.io/x",
            "docker.io/index.docker.io/x",
            "docker.io/index.docker.io/x",
        ),
        (f"library/{ID}", f"docker.io/library/{ID}", f"library/{ID}"),
        (f"{ID}:1", f"docker.io/library/{ID}:1", f"{ID}:1"),
        (f"{ID}0", f"docker.io/library/{ID}0", f"{ID}0"),
        (f"node@{SHA256}", f"docker.io/library/node@{SHA256}", f"node@{SHA256}"),
        (f"node:21@{SHA256}", f"docker.io/library/node:21@{SHA256}", f"node:21@{SHA256}"),
        (f"x/y@{SHA384}", f"docker.io/x/y@{SHA384}", f"x/y@{SHA384}"),
        (f"ghcr.io/x/y:1@{SHA512}", f"ghcr.io/x/y:1@{SHA512}", None),
        ("a__b/c--d.e_f", "docker.io/a__b/c--d.e_f", "a__b/c--d.e_f"),
        ("0/1:2", "docker.io/0/1:2", "0/1:2"),
        ("node:_x.Y-9", "docker.io/library/node:_x.Y-9", "node:_x.Y-9"),
        ("node:" + "t" * 128, "docker.io/library/node:" + "t" * 128, "node:" + "t" * 128),
        ("x.y/" + "a" * 255, "x.y/" + "a" * 255, None),
        ("a" * 247, "docker.io/library/" + "a" * 247, "a" * 247),
        ("scratch:latest", "docker.io/library/scratch:latest", "scratch:latest"),
    ],
)
def test_names(text: str, canonical: str, familiar: str | None) -> None:
    """A name has one canonical text and one familiar one, which is the same off Docker Hub."""
    reference = ImageReference.parse(text)
    assert (str(reference), reference.familiar) == (canonical, familiar or canonical)


FORMAT = "invalid reference format"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", FORMAT),
        (" ", FORMAT),
        (" node", FORMAT),
        ("node ", FORMAT),
        ("node\n", FORMAT),
        ("/node", FORMAT),
        ("node/", FORMAT),
        ("a//b", FORMAT),
        ("node:", FORMAT),
        ("node@", FORMAT),
        (":21", FORMAT),
        ("node:21:22", FORMAT),
        ("node:.1", FORMAT),
        ("node:-1", FORMAT),
        ("node:é", FORMAT),
        ("nöde", FORMAT),
        ("node٣", FORMAT),
        ("node:٣", FORMAT),
        ("node:" + "t" * 129, FORMAT),
        ("-node", FORMAT),
        ("node-", FORMAT),
        ("a___b", FORMAT),
        ("a..b", FORMAT),
        ("a._b", FORMAT),
        ("-a.b/node", FORMAT),
        ("a.b:x/node", FORMAT),
        ("a.b:/node", FORMAT),
        ("https://a.b/node", FORMAT),
        ("[::1/node", FORMAT),
        ("[fe80::1%eth0]:5000/node", FORMAT),
        ("localhost:5000/node:", FORMAT),
        ("node@sha256:" + "a" * 31, FORMAT),
        ("node@sha256:" + "g" * 64, FORMAT),
        ("node@256:" + "a" * 64, FORMAT),
        ("node@sha256:" + "a" * 63, "invalid checksum digest length"),
        ("node@sha256:" + "a" * 65, "invalid checksum digest length"),
        ("node@sha384:" + "a" * 64, "invalid checksum digest length"),
        ("node@sha512:" + "a" * 64, "invalid checksum digest length"),
        ("node@sha256:" + "A" * 64, "invalid checksum digest format"),
        ("node@md5:" + "a" * 32, "unsupported digest algorithm: md5"),
        (
            "node@SHA256:" + "a" * 64,
            f"{FORMAT}: repository name (library/node@SHA256) must be lowercase",
        ),
        ("Node", f"{FORMAT}: repository name (library/Node) must be lowercase"),
        ("a/B:1", f"{FORMAT}: repository name (a/B) must be lowercase"),
        ("HOST/Node", f"{FORMAT}: repository name (Node) must be lowercase"),
        ("a.b/C", f"{FORMAT}: repository name (C) must be lowercase"),
        ("Localhost:5000", f"{FORMAT}: repository name (library/Localhost) must be lowercase"),
        (ID, f"invalid repository name ({ID}), cannot specify 64-byte hexadecimal strings"),
        ("x.y/" + "a" * 256, "repository name must not be more than 255 characters"),
        ("a" * 248, "repository name must not be more than 255 characters"),
    ],
)
def test_what_is_no_name(text: str, message: str) -> None:
    """What Docker refuses is refused, with its words where it has some."""
    with pytest.raises(InvalidReference) as caught:
        ImageReference.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "is_official"),
    [
        ("node", True),
        ("docker.io/library/node@" + SHA256, True),
        ("no-such-image", True),
        ("library/a/b", False),
        ("grafana/grafana", False),
        ("ghcr.io/library/node", False),
    ],
)
def test_official_names(text: str, is_official: bool) -> None:
    """A name of one component in library/ on Docker Hub is that of an official image."""
    assert ImageReference.parse(text).is_official is is_official


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node:21", "docker.io/library/node:21"),
        (f"node@{SHA256}", f"docker.io/library/node@{SHA256}"),
        ("node", "docker.io/library/node:latest"),
    ],
)
def test_the_default_tag(text: str, expected: str) -> None:
    """The tag is latest where neither a tag nor a digest is written."""
    assert str(ImageReference.parse(text).with_default_tag()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node*", ("docker.io", "library/node*")),
        ("*/x", ("docker.io", "*/x")),
        ("ghcr.io/*", ("ghcr.io", "*")),
        ("index.docker.io/*", ("docker.io", "library/*")),
    ],
)
def test_registries_of_patterns(text: str, expected: tuple[str, str]) -> None:
    """A pattern has the registry that a name of its form has."""
    assert split_registry(text) == expected


COMPONENT = st.from_regex(r"[a-z0-9]{1,4}((\.|__?|-{1,2})[a-z0-9]{1,3}){0,2}", fullmatch=True)
REGISTRY = st.one_of(
    st.sampled_from(
        ["docker.io", "index.docker.io", "localhost", "public.ecr.aws", "[::1]:5000", "HOST", ID]
    ),
    st.from_regex(r"[a-zA-Z0-9]{1,4}(\.[a-zA-Z0-9]{1,4}){0,2}(:[0-9]{1,5})?", fullmatch=True),
)
TAG = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)


@st.composite
def names(draw: st.DrawFn) -> str:
    """A name with any of its parts."""
    registry = draw(st.none() | REGISTRY)
    path = "/".join(draw(st.lists(COMPONENT | REGISTRY, min_size=1, max_size=3)))
    tag, digest = draw(st.none() | TAG), draw(st.none() | st.sampled_from([SHA256, SHA512]))
    name = f"{registry}/{path}" if registry else path
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


@given(names())
@example(f"docker.io/library/{ID}")
@example("docker.io/index.docker.io/x")
def test_both_texts_mean_the_image(text: str) -> None:
    """The canonical and the familiar text of a name are read as the name itself."""
    try:
        reference = ImageReference.parse(text)
    except InvalidReference:
        return
    again = ImageReference.parse(str(reference)), ImageReference.parse(reference.familiar)
    assert again == (reference, reference)


@given(st.text(st.sampled_from("aB0.:/@-_[]é \n"), max_size=12))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    """No text ends in another error, and what is read again is the same."""
    try:
        reference = ImageReference.parse(text)
    except InvalidReference:
        return
    assert ImageReference.parse(str(reference)) == reference

"""What RewrittenBuildContext says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import assertions
from constructs import RootConstruct

from cdk_ecr_public_pull import RewrittenBuildContext
from cdk_ecr_public_pull.errors import UnusableFile
from tests.constructs.build_contexts import BEFORE, FILES, content, make, new_stack


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a build context."""
    return make(tmp_path / "in", FILES)


def test_findings(tmp_path: Path) -> None:
    """What the copy still pulls from Docker Hub is said, under the name of the source."""
    root = make(tmp_path, {"Dockerfile": "FROM node:21\nFROM some/app:1\nFROM other/app\n"})
    stack = new_stack()

    RewrittenBuildContext(stack, "Context", directory=root, local_images=["other/*"])

    annotations = assertions.Annotations.from_stack(stack)
    anything = assertions.Match.any_value()
    warnings = [str(it.entry.data) for it in annotations.find_warning("/Stack/Context", anything)]
    assert annotations.find_error("*", anything) == []
    assert [text.partition(": ")[0] for text in warnings] == [f"{root}/Dockerfile:2:6"]


def test_a_tag_that_only_the_build_tells(tmp_path: Path) -> None:
    """Of an image whose repository is known, the copy is pulled, and nothing need be said."""
    root = make(tmp_path, {"Dockerfile": "ARG V\nFROM node:${V}-alpine\n"})
    stack = new_stack()

    context = RewrittenBuildContext(stack, "Context", directory=root)

    moved = "ARG V\nFROM public.ecr.aws/docker/library/node:${V}-alpine\n"
    assert content(context.path) == {"Dockerfile": moved}
    anything = assertions.Match.any_value()
    assert assertions.Annotations.from_stack(stack).find_warning("*", anything) == []


def test_refused_dockerfile(tmp_path: Path) -> None:
    """A Dockerfile that BuildKit refuses stops the synth."""
    root = make(tmp_path, {"Dockerfile": "RUN true\n"})
    stack = new_stack()

    context = RewrittenBuildContext(stack, "Context", directory=root)

    errors = assertions.Annotations.from_stack(stack).find_error("*", assertions.Match.any_value())
    assert len(errors) == 1
    assert content(context.path) == {"Dockerfile": "RUN true\n"}


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("no", "there is no such file", "name it from the folder"),
        ("src", "there is no such file", "name it from the folder"),
        ("../Dockerfile", "it is outside of the folder", "name it from the folder"),
        ("/etc/passwd", "it is outside of the folder", "name it from the folder"),
        ("leaves", "it is a link that leaves the folder, to {tmp}/outside", "copy it there"),
        ("linked/main.js", "a folder in its path is a link", 'name it "src/main.js"'),
        ("away/outside", "it is a link that leaves the folder, to {tmp}/outside", "copy it there"),
    ],
)
def test_unusable_dockerfile(
    root: Path, tmp_path: Path, name: str, cause: str, remedy: str
) -> None:
    """A Dockerfile that is not in the folder is refused, with the cause."""
    make(tmp_path, {"outside": BEFORE, "Dockerfile": BEFORE})
    (root / "leaves").symlink_to("../outside")
    (root / "linked").symlink_to("src")
    (root / "away").symlink_to("..")

    with pytest.raises(UnusableFile) as caught:
        RewrittenBuildContext(new_stack(), "Context", directory=root, dockerfiles=[name])

    assert str(caught.value) == (
        f"the Dockerfile {name!r} of the build context '{root}' cannot be rewritten: "
        f"{cause.format(tmp=tmp_path.resolve())}\n  help: {remedy}"
    )


def test_no_app(root: Path) -> None:
    """Without an app there is no assembly to write to."""
    with pytest.raises(UnusableFile) as caught:
        RewrittenBuildContext(RootConstruct("Root"), "Context", directory=root)

    assert str(caught.value) == "Root/Context: a build context needs an App above it"


@pytest.mark.parametrize("name", ["no", "in/Dockerfile"])
def test_unusable_directory(root: Path, tmp_path: Path, name: str) -> None:
    """A folder that is none is refused."""
    directory = tmp_path / name

    with pytest.raises(UnusableFile) as caught:
        RewrittenBuildContext(new_stack(), "Context", directory=directory)

    assert root.is_dir()
    assert str(caught.value) == (
        f"the build context '{directory}' is not a folder\n"
        "  help: directory is a path from the working directory"
    )


def test_unreadable_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read is named, and nothing is left behind."""

    # Root can read all files, so that their modes would stop nothing here.
    def refuse(path: Path, mode: str) -> object:
        raise PermissionError(13, f"Permission denied ({mode})", str(path))

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(UnusableFile) as caught:
        RewrittenBuildContext(new_stack(), "Context", directory=root, dockerfiles=())

    assert str(caught.value) == (
        f"the build context '{root}' cannot be copied: [Errno 13] Permission denied (rb): "
        f"'{root}/Dockerfile'\n  help: make the file readable, or list it in .dockerignore"
    )

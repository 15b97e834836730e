"""The configuration: where it is found, what it may say, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cdk_ecr_public_pull.config import Config, find_config, load_config, parse_config
from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings, Severity

RULES = (
    "docker-hub-pull, withdrawn-image, invalid-dockerfile, no-mirror, unknown-image, "
    "syntax-frontend, digest-pin, needs-build-arg, ambiguous-arg, arg-reaches-stage, "
    "onbuild-ambiguous, foreign-frontend, unused-ignore"
)
OWN = "ecr-public-pull.toml"
PYPROJECT = "pyproject.toml"
LOCAL_X = 'local_images = ["x"]\n'
TABLE_Y = '[tool.cdk-ecr-public-pull]\nlocal_images = ["y"]\n'


def test_everything_said() -> None:
    """Each key comes out with its type."""
    document = {
        "mirrors": {"myorg/*": "r.io/*"},
        "local_images": ["my-base"],
        "ignore": ["./vendor/", "**/testdata"],
        "severities": {"no-mirror": "error", "digest-pin": "off", "docker-hub-pull": "warning"},
    }
    assert parse_config(document, source="x.toml", folder="f") == Config(
        mirrors=Mirrors(mirrors={"myorg/*": "r.io/*"}, local_images=("my-base",)),
        settings=RuleSettings(
            severities={
                Rule.NO_MIRROR: Severity.ERROR,
                Rule.DIGEST_PIN: None,
                Rule.DOCKER_HUB_PULL: Severity.WARNING,
            }
        ),
        ignore=("vendor", "**/testdata", "testdata"),
        folder="f",
    )


def test_nothing_said() -> None:
    """An empty configuration is the default one."""
    assert parse_config({}, source="x.toml", folder=".") == Config()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"mirror": {}}, "unknown key 'mirror'; did you mean 'mirrors'?"),
        ({"local-images": []}, "unknown key 'local-images'; did you mean 'local_images'?"),
        ({"Ignore": []}, "unknown key 'Ignore'; did you mean 'ignore'?"),
        (
            {"docker": 1},
            "unknown key 'docker'; known are: mirrors, local_images, ignore, severities",
        ),
        ({"a\nb": 1}, "unknown key 'a\\nb'; known are: mirrors, local_images, ignore, severities"),
        ({"mirrors": ["a"]}, "mirrors must be a table of strings"),
        ({"mirrors": {"a/b": 1}}, "mirrors: 'a/b' must be a string"),
        ({"local_images": "x"}, 'local_images must be a list of strings, such as ["my-base"]'),
        ({"local_images": [1]}, 'local_images must be a list of strings, such as ["my-base"]'),
        ({"ignore": "vendor"}, 'ignore must be a list of strings, such as ["vendor"]'),
        ({"ignore": [["vendor"]]}, 'ignore must be a list of strings, such as ["vendor"]'),
        ({"severities": "error"}, "severities must be a table of strings"),
        ({"severities": {"no-mirror": False}}, "severities: 'no-mirror' must be a string"),
        (
            {"severities": {"no_mirror": "error"}},
            "severities: unknown rule 'no_mirror'; did you mean 'no-mirror'?",
        ),
        (
            {"severities": {"all": "off"}},
            f"severities: unknown rule 'all'; known are: {RULES}",
        ),
        (
            {"severities": {"no-mirror": "fatal"}},
            'severities: no-mirror is \'fatal\'; it may be "error", "warning" or "off"',
        ),
        (
            {"mirrors": {"node:21": "r.io/node"}},
            (
                'mirror "node:21": "node:21" has a tag or a digest.\n'
                "  help: name the repository alone; "
                "tags and digests stay as the Dockerfile has them"
            ),
        ),
        (
            {"local_images": ["my base"]},
            (
                'local image "my base" is not an image name or a pattern of one: '
                "invalid reference format"
            ),
        ),
    ],
)
def test_wrong_contents(document: Mapping[str, object], message: str) -> None:
    """What is wrong is named with the file, and what was meant perhaps."""
    with pytest.raises(InvalidConfig) as caught:
        parse_config(document, source="a/b.toml", folder="a")
    assert str(caught.value) == f"a/b.toml: {message}"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (OWN, b"local_images =", "is not TOML: Invalid value (at end of document)"),
        (
            OWN,
            b'a = "\xff"',
            "is not TOML: 'utf-8' codec can't decode byte 0xff in position 5: invalid start byte",
        ),
        (PYPROJECT, b"[project]\nname = 'x'\n", "has no table [tool.cdk-ecr-public-pull]"),
        (PYPROJECT, b"# cdk-ecr-public-pull\n", "has no table [tool.cdk-ecr-public-pull]"),
        (
            PYPROJECT,
            b"[tool]\ncdk-ecr-public-pull = 1\n",
            "tool.cdk-ecr-public-pull must be a table",
        ),
        (
            PYPROJECT,
            b"[tool.cdk-ecr-public-pull]\nlocalimages = []\n",
            "unknown key 'localimages'; did you mean 'local_images'?",
        ),
    ],
)
def test_wrong_files(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    """A file that was named must be a configuration."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidConfig) as caught:
        load_config(str(path))
    assert str(caught.value) == f"{path}: {message}"


def test_no_file(tmp_path: Path) -> None:
    """A file that does not exist is no configuration; a strange name is shown escaped."""
    with pytest.raises(InvalidConfig) as caught:
        load_config(str(tmp_path / "a\nb.toml"))
    assert str(caught.value) == f"{tmp_path}/a\\nb.toml: cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A folder in the place of the configuration is named."""
    with pytest.raises(InvalidConfig) as caught:
        load_config(str(tmp_path))
    assert str(caught.value) == f"{tmp_path}: cannot be read: Is a directory"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """A file that an editor began with a byte order mark is read."""
    path = tmp_path / OWN
    path.write_bytes(b"\xef\xbb\xbf" + LOCAL_X.encode())
    assert load_config(str(path)).mirrors.local_images == ("x",)


@pytest.mark.parametrize(
    ("files", "local_images"),
    [
        ({}, ()),
        ({"pyproject.toml": "[project]\n"}, ()),
        ({"pyproject.toml": "not [ TOML, and somebody else's"}, ()),
        ({"ecr-public-pull.toml": LOCAL_X}, ("x",)),
        ({"pyproject.toml": TABLE_Y}, ("y",)),
        ({"ecr-public-pull.toml": LOCAL_X, "pyproject.toml": TABLE_Y}, ("x",)),
        ({"ecr-public-pull.toml": LOCAL_X, "a/b/pyproject.toml": TABLE_Y}, ("y",)),
        ({"a/ecr-public-pull.toml": LOCAL_X, "pyproject.toml": TABLE_Y}, ("x",)),
        ({"pyproject.toml": TABLE_Y, "a/b/pyproject.toml": "[project]\n"}, ("y",)),
        # A table that says nothing is a configuration; so is an empty file.
        ({"pyproject.toml": TABLE_Y, "a/pyproject.toml": "[tool.cdk-ecr-public-pull]\n"}, ()),
        ({"pyproject.toml": TABLE_Y, "a/ecr-public-pull.toml": ""}, ()),
        # What is below the folder, or a folder itself, does not count.
        ({"a/b/c/ecr-public-pull.toml": LOCAL_X}, ()),
        ({"a/b/ecr-public-pull.toml/x": ""}, ()),
    ],
)
def test_which_file_is_found(
    files: dict[str, str], local_images: tuple[str, ...], tmp_path: Path
) -> None:
    """The nearest configuration upward counts, and in a folder the file of its own name."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    assert find_config(str(tmp_path / "a" / "b")).mirrors.local_images == local_images


def test_a_wrong_file_that_is_found_is_an_error(tmp_path: Path) -> None:
    """A configuration that cannot be read is not passed over for one above it."""
    (tmp_path / OWN).write_text("x =", "utf-8")
    (tmp_path / "a").mkdir()
    with pytest.raises(InvalidConfig) as caught:
        find_config(str(tmp_path / "a"))
    assert str(caught.value) == f"{tmp_path / OWN}: is not TOML: Invalid value (at end of document)"


@pytest.mark.parametrize(
    ("ignore", "name", "is_ignored"),
    [
        ([], "vendor/Dockerfile", False),
        (["vendor"], "vendors/Dockerfile", False),
        (["vendor"], "a/vendor/Dockerfile", False),
        (["vendor"], "../vendor/Dockerfile", False),
        (["vendor"], "..vendor/Dockerfile", False),
        (["*/vendor"], "vendor/Dockerfile", False),
        (["Dockerfile"], "a/Dockerfile", False),
        (["Vendor"], "vendor/Dockerfile", False),
        ([".."], "../Dockerfile", False),
        (["vendor"], "vendor/Dockerfile", True),
        (["vendor/"], "vendor/a/b/Dockerfile", True),
        (["./vendor"], "vendor/Dockerfile", True),
        (["vendor/*"], "vendor/a/Dockerfile", True),
        (["*/vendor"], "a/b/vendor/Dockerfile", True),
        (["**/vendor"], "vendor/Dockerfile", True),
        (["**/vendor"], "a/b/vendor/Dockerfile", True),
        (["**/testdata/**"], "testdata/Dockerfile", True),
        (["*.Dockerfile"], "a/b.Dockerfile", True),
        (["a/b.Dockerfile"], "./a//b.Dockerfile", True),
        (["*"], "Dockerfile", True),
        (["x", "vendor"], "vendor/Dockerfile", True),
        (["a[0-9]"], "a7/Dockerfile", True),
    ],
)
def test_ignored_paths(
    ignore: list[str], name: str, is_ignored: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern means paths below the configuration's folder, whole components of them."""
    (tmp_path / "project" / "sub").mkdir(parents=True)
    config = parse_config({"ignore": ignore}, source="x", folder=str(tmp_path / "project"))
    monkeypatch.chdir(tmp_path / "project")
    inside = config.ignores(name), config.ignores(str(tmp_path / "project" / name))
    monkeypatch.chdir(tmp_path / "project" / "sub")
    assert (*inside, config.ignores(f"../{name}")) == (is_ignored,) * 3


@pytest.mark.parametrize(
    "table",
    ["cdk_ecr_public_pull", "ecr-public-pull", "ecr_public_pull", "CDK-ECR-Public-Pull"],
)
def test_a_table_of_a_similar_name(tmp_path: Path, table: str) -> None:
    """Who wrote it thinks that it is read."""
    name = tmp_path / PYPROJECT
    name.write_text(f'[tool.{table}]\nlocal_images = ["x"]\n')

    with pytest.raises(InvalidConfig) as caught:
        find_config(str(tmp_path))

    assert str(caught.value) == (
        f"{name}: nothing reads the table [tool.{table}]; did you mean [tool.cdk-ecr-public-pull]?"
    )


@pytest.mark.parametrize(
    "base", ["ecr_public_pull.toml", ".ecr-public-pull.toml", "cdk-ecr-public-pull.toml"]
)
def test_a_file_of_a_similar_name(tmp_path: Path, base: str) -> None:
    """It is told, unless there is one of the right name."""
    name = tmp_path / base
    name.write_text(LOCAL_X)

    with pytest.raises(InvalidConfig) as caught:
        find_config(str(tmp_path))

    assert str(caught.value) == f"{name}: nothing reads this file; did you mean {OWN}?"
    (tmp_path / OWN).write_text(LOCAL_X)
    assert find_config(str(tmp_path)).mirrors.local_images == ("x",)


def test_a_dependency_is_no_table(tmp_path: Path) -> None:
    """A project that uses this one names it, too."""
    (tmp_path / PYPROJECT).write_text('[project]\ndependencies = ["cdk_ecr_public_pull"]\n')

    assert find_config(str(tmp_path)) == Config(folder=str(tmp_path))

"""The wheel and the source distribution hold what they should, and what is installed from them works elsewhere."""

import functools
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import symnet


def run(*command, cwd, **environment):
    """Return what a command prints; a failure shows what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_under(folder):
    """Return the paths of all files in a folder, relative to its parent, as archives write them."""
    found = {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path and "_cache/" not in path}


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """A function to a folder for a way to the wheel: straight from the checkout, or through the source distribution."""

    @functools.cache
    def build(way):
        folder = tmp_path_factory.mktemp(way)
        options = {"checkout": ["--wheel"], "sdist": []}[way]
        run(sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", folder, root, cwd=folder)
        return folder

    return build


def wheel_in(folder):
    """Return the one wheel in a folder."""
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.parametrize("way", ["checkout", "sdist"])
def test_the_wheel_holds_the_package_and_its_templates_only(built, root, way):
    """Every module, every template, the type marker, and nothing of tests or benchmarks."""
    with zipfile.ZipFile(wheel_in(built(way))) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert "symnet/py.typed" in names
    assert names == files_under(root / "symnet") | {f"symnet/{name}" for name in files_under(root / "templates")}


def test_the_source_distribution_holds_what_building_and_testing_take(built, root):
    """The package, templates, examples, tests and benchmarks, and the page without what is fetched for it."""
    (sdist,) = built("sdist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("symnet", "templates", "examples", "tests", "benchmarks", ".ci", ".github"):
        assert files_under(root / folder), folder
        assert files_under(root / folder) <= names
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= names
    assert {"LICENSE", "CITATION.cff", "hatch_build.py", ".pre-commit-hooks.yaml"} <= names
    assert {"web/build.py", "web/package-lock.json", "web/src/bridge.py", "web/test/page.test.mjs"} <= names
    assert not [name for name in names if name.startswith(("web/node_modules", "web/.work", "web/dist"))]


@pytest.mark.parametrize("way", ["checkout", "sdist"])
def test_the_wheel_carries_its_licence(built, root, way):
    """The text of the licence, and what says whose it is and which Pythons it is for, are in the wheel."""
    with zipfile.ZipFile(wheel_in(built(way))) as archive:
        inside = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        assert archive.read(inside["licenses/LICENSE"]) == (root / "LICENSE").read_bytes()
        said = message_from_bytes(archive.read(inside["METADATA"]))
    assert (said["License-Expression"], said["License-File"]) == ("MIT", "LICENSE")
    assert said["Author"] == "the symnet contributors"
    assert said["Requires-Python"] == ">=3.11"
    versions = {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)}
    assert versions <= set(said.get_all("Classifier"))


def test_the_citation_says_what_the_package_says(root):
    """CITATION.cff has what its schema asks for, and the name, version, licence and authors of the package."""
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["title"], cited["license"], cited["authors"]) == (
        package["name"],
        package["license"],
        package["authors"],
    )
    assert str(cited["version"]) == package["version"]


@pytest.mark.parametrize("needed", [">=99", "==2.7.*", ">=3,<3.4"])
def test_another_python_ends_the_build_at_once(root, tmp_path, needed):
    """Where requires-python does not hold, the build ends with one line that says so, before any dependency is read."""
    for name in ("hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(root / name, tmp_path / name)
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert '">=3.11"' in project
    (tmp_path / "pyproject.toml").write_text(project.replace('">=3.11"', f'"{needed}"'), encoding="utf-8")
    build = "import hatchling.build as backend; backend.build_wheel('.')"
    done = subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("symnet needs Python ")
    assert platform.python_version() in said[0]


def test_every_requirement_names_its_oldest_version(root):
    """The constraints that CI tests with are a version for each requirement, and one that it allows."""
    lines = run(sys.executable, root / ".ci" / "oldest.py", cwd=root).splitlines()
    pinned = {requirement.name: requirement.specifier for requirement in map(Requirement, lines)}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = itertools.chain(*project["project"]["optional-dependencies"].values())
    for requirement in map(Requirement, (*project["project"]["dependencies"], *extras)):
        (oldest,) = pinned[requirement.name]
        assert "*" in oldest.version or requirement.specifier.contains(oldest.version), requirement


@pytest.mark.parametrize("text", ["pypdf", "pypdf<6", "pypdf>=5,>=6"])
def test_a_requirement_without_an_oldest_version_is_an_error(root, text, monkeypatch):
    """What does not say which version is the oldest cannot be tested with it."""
    monkeypatch.syspath_prepend(root / ".ci")
    import oldest

    assert oldest.oldest(Requirement("pypdf>=5,<9")) == "pypdf==5"
    with pytest.raises(ValueError, match="does not say which version is the oldest"):
        oldest.oldest(Requirement(text))


@pytest.mark.everyday(1)
@pytest.mark.parametrize("way", ["checkout", "sdist"])
def test_an_installed_wheel_solves_in_another_folder(built, examples, tmp_path, way):
    """In a new environment and far from the checkout, JSON and LaTeX come out whole."""
    environment, folder = tmp_path / "environment", tmp_path / "elsewhere"
    folder.mkdir()
    venv.create(environment)
    base = {"base": str(environment), "platbase": str(environment)}
    places = sysconfig.get_paths(scheme="venv", vars=base)
    python = Path(places["scripts"]) / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-compile"]
    run(*install, wheel_in(built(way)), cwd=folder)
    # The dependencies are those of this environment, wherever they lie; its own symnet comes later on the path.
    here = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    (Path(places["purelib"]) / "dependencies.pth").write_text("\n".join(here))
    assert Path(run(python, "-c", "import symnet; print(symnet.__file__)", cwd=folder)).is_relative_to(environment)

    command = Path(places["scripts"]) / "symnet"
    run(command, "solve", examples["cs4045-q1"], "-f", "json,tex", "-o", "out", cwd=folder)
    content = json.loads((folder / "out" / "cs4045-q1.json").read_text(encoding="utf-8"))
    assert [len(problem["gradients"]) for problem in content["problems"]] == [17, 17]
    tex = (folder / "out" / "cs4045-q1.tex").read_text(encoding="utf-8")
    assert tex.rstrip().endswith(r"\end{document}")


def test_the_checkout_does_not_stand_in_for_the_package(root):
    """Where Python is told to keep the working folder off its path, as in CI, the installed package is tested."""
    from_checkout = Path(symnet.__file__).is_relative_to(root / "symnet")
    assert not (sys.flags.safe_path and from_checkout)

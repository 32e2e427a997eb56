"""The wheel and the source distribution hold what they should, and what is installed from them works elsewhere."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

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
    """A folder for each way to the wheel: straight from the checkout, and through the source distribution."""
    folders = {}
    for way, options in {"checkout": ["--wheel"], "sdist": []}.items():
        folders[way] = tmp_path_factory.mktemp(way)
        build = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", folders[way], root]
        run(*build, cwd=folders[way])
    return folders


def wheel_in(folder):
    """Return the one wheel in a folder."""
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.parametrize("way", ["checkout", "sdist"])
def test_the_wheel_holds_the_package_and_its_templates_only(built, root, way):
    """Every module, every template, the type marker, and nothing of tests or benchmarks."""
    with zipfile.ZipFile(wheel_in(built[way])) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert "symnet/py.typed" in names
    assert names == files_under(root / "symnet") | {f"symnet/{name}" for name in files_under(root / "templates")}


def test_the_source_distribution_holds_what_building_and_testing_take(built, root):
    """The package, its templates, the examples, the tests and the benchmarks."""
    (sdist,) = built["sdist"].glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("symnet", "templates", "examples", "tests", "benchmarks", ".ci"):
        assert files_under(root / folder), folder
        assert files_under(root / folder) <= names
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= names


@pytest.mark.parametrize("way", ["checkout", "sdist"])
def test_an_installed_wheel_solves_in_another_folder(built, examples, tmp_path, way):
    """In a new environment and far from the checkout, JSON and LaTeX come out whole."""
    environment, folder = tmp_path / "environment", tmp_path / "elsewhere"
    folder.mkdir()
    venv.create(environment)
    base = {"base": str(environment), "platbase": str(environment)}
    places = sysconfig.get_paths(scheme="venv", vars=base)
    python = Path(places["scripts"]) / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel_in(built[way]), cwd=folder)
    # The dependencies are those of this environment, whose own symnet comes later on the path.
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
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

"""Builds the page: ``python web/build.py`` makes ``web/dist/``, files for any static server.

It takes Node 18 or later with npm, and pip. What is fetched is pinned, by ``package-lock.json`` and ``wheels.txt``, and
kept in ``web/.work``, from which later builds are made without a network.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

WEB = Path(__file__).resolve().parent
CHECKOUT = WEB.parent
WORK, DIST, MODULES = WEB / ".work", WEB / "dist", WEB / "node_modules"
SOURCES, COMPILED, FACTS = WORK / "sources", WORK / "compiled", WORK / "facts.json"
PYODIDE = MODULES / "pyodide"

# The platform of Pyodide's wheels, and one of Linux, for packages that also run without their compiled part.
_PLATFORMS = ("pyemscripten_2026_0_wasm32", "manylinux2014_x86_64", "manylinux_2_28_x86_64")
_PYTHON = "314"
# What is never run in a page: tests, what draws and asks elsewhere, and large parts of SymPy that it imports by itself
# only when they are called.
_LEFT_OUT = (
    "*/tests/*", "*/testing/*", "*/benchmarks/*", "pydantic/v1/*", "pydantic/mypy.py", "isympy.py",
    "mpmath/libmp/exec_py3.py",
    *(f"sympy/{name}/*" for name in (
        "categories", "crypto", "diffgeom", "holonomic", "liealgebras", "parsing/autolev", "parsing/c",
        "parsing/fortran", "parsing/latex", "physics", "sandbox", "stats", "unify", "vector",
    )),
)  # fmt: skip
_LEFT_OUT_OF_PYTHON = (
    *(f"{name}/*" for name in (
        "_pyrepl", "curses", "dbm", "ensurepip", "http", "idlelib", "lib2to3", "pydoc_data", "sqlite3", "test",
        "tkinter", "tomllib", "turtledemo", "unittest", "venv", "wsgiref", "xml", "xmlrpc",
    )),
    *(f"{name}.py" for name in (
        "_pyio", "cProfile", "configparser", "doctest", "ftplib", "imaplib", "mailbox", "mimetypes", "modulefinder",
        "netrc", "nturl2path", "optparse", "pdb", "pickletools", "plistlib", "poplib", "profile", "pstats", "pyclbr",
        "pydoc", "rlcompleter", "smtplib", "socketserver", "statistics", "tabnanny", "tarfile", "trace", "turtle",
        "webbrowser", "zipapp",
    )),
    *(f"encodings/{name}*.py" for name in (
        "big5", "bz2", "cp[0-35-9]", "euc", "gb", "hp", "hz", "iso", "johab", "koi", "kz", "mac", "palmos", "ptcp",
        "quopri", "shift", "tis", "uu", "zlib",
    )),
)  # fmt: skip
_NEVER = ("*/", "*-linux-gnu.so", "*.c", "*.pxd", "*.pyi", "*.pyx", "*.dist-info/*", "*/py.typed")


def main() -> None:
    """Build everything, and print what it weighs."""
    install_modules()
    fetch_wheels()
    lay_out_sources()
    compile_sources()
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    write_python()
    write_pyodide()
    write_pages()
    write_service_worker()
    total = sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file())
    print(f"wrote {DIST.relative_to(Path.cwd()) if DIST.is_relative_to(Path.cwd()) else DIST}: {total / 1e6:.1f} MB")


# What is fetched.


def install_modules() -> None:
    """Install the npm packages of the lock file, unless they are there."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    mark = MODULES / ".symnet-lock"
    if mark.exists() and mark.read_text() == lock:
        return
    run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", folder=WEB)
    mark.write_text(lock)


def fetch_wheels() -> None:
    """Download the wheels that are named in wheels.txt, unless they are there."""
    wanted = hashlib.sha256((WEB / "wheels.txt").read_bytes()).hexdigest()
    folder = WORK / "wheels"
    mark = folder / "wanted"
    if mark.exists() and mark.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    only = ("--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", _PYTHON)
    run(sys.executable, "-m", "pip", "download", "-q", *only, *platforms, "-d", folder, "-r", WEB / "wheels.txt")
    mark.write_text(wanted)


# What Python runs.


def lay_out_sources() -> None:
    """Lay out Python's library, the packages and symnet from the checkout, without what is never run."""
    shutil.rmtree(SOURCES, ignore_errors=True)
    unpack(PYODIDE / "python_stdlib.zip", SOURCES / "library", _LEFT_OUT_OF_PYTHON)
    for wheel in sorted((WORK / "wheels").glob("*.whl")):
        unpack(wheel, SOURCES / ("native" if "wasm32" in wheel.name else "packages"), _LEFT_OUT)
    folder = WORK / "symnet"
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    unpack(wheel, SOURCES / "symnet", ("symnet/cli/*",))
    shutil.copy(WEB / "src" / "bridge.py", SOURCES / "symnet")
    others = shutil.ignore_patterns("*.png", "class", "answers", "pages")
    shutil.copytree(CHECKOUT / "examples", SOURCES / "examples", ignore=others)
    # Docstrings that mpmath gives to its functions as values.
    (SOURCES / "packages" / "mpmath" / "function_docs.py").write_text("def __getattr__(name):\n    return ''\n")


def unpack(archive: Path, folder: Path, left_out: tuple[str, ...]) -> None:
    """Unpack a wheel or another archive into a folder, without what is left out.

    Args:
        archive: Its path.
        folder: Where its files go.
        left_out: Patterns of what is left out.
    """
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            if not any(fnmatch(name, one) for one in (*left_out, *_NEVER)):
                files.extract(name, folder)


def compile_sources() -> None:
    """Compile all sources by the Python of the page, which also says what there is to choose in symnet."""
    for left in set(COMPILED.rglob("*.pyc")) if COMPILED.exists() else ():
        if not (SOURCES / left.relative_to(COMPILED)).with_suffix(".py").exists():
            left.unlink()
    run("node", WEB / "prepare" / "compile.mjs", WORK, folder=WEB)


def write_python() -> None:
    """Write two archives: modules that Python imports out of the archive, and files that have to be files."""
    write_packed("python.zip", archive(pieces(COMPILED / "library", COMPILED / "packages")))
    native = {name: path for name, path in pieces(SOURCES / "native").items() if path.suffix == ".so"}
    others = {}
    for below in ("symnet/symnet/templates", "examples/notations"):
        for name, path in pieces(SOURCES / below).items():
            others[f"{below.removeprefix('symnet/')}/{name}"] = path
    write_packed("symnet.zip", archive(pieces(COMPILED / "symnet", COMPILED / "native") | native | others))


def pieces(*folders: Path) -> dict[str, Path]:
    """Return the files below folders by their names within these, without the marks of what was compiled.

    Args:
        folders: The folders.
    """
    found = ((path.relative_to(folder).as_posix(), path) for folder in folders for path in sorted(folder.rglob("*")))
    return {name: path for name, path in found if path.is_file() and path.suffix != ".crc"}


def archive(files: dict[str, Path]) -> bytes:
    """Return an archive of files, the same wherever and whenever it is built, and not yet compressed.

    Args:
        files: The files by their names in it.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as written:
        for name, path in sorted(files.items()):
            written.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), path.read_bytes())
    return held.getvalue()


def write_packed(name: str, content: bytes) -> None:
    """Write a file compressed as a whole, which not every server would do and which takes less than piece by piece.

    Args:
        name: What the worker knows it as.
        content: What is in it.
    """
    (DIST / f"{name}.packed").write_bytes(gzip.compress(content, 9, mtime=0))


def write_pyodide() -> None:
    """Write Pyodide itself."""
    write_packed("pyodide.asm.wasm", (PYODIDE / "pyodide.asm.wasm").read_bytes())
    shorten = (MODULES / "esbuild" / "bin" / "esbuild", "--minify", "--format=esm", "--log-level=error")
    run("node", *shorten, PYODIDE / "pyodide.asm.mjs", f"--outfile={DIST / 'pyodide.asm.mjs'}", folder=WEB)


def write_pages() -> None:
    """Write the page itself, bundled, with what it has to know of symnet."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SOURCES / "examples").glob("*.yaml"))}
    words = {"facts": facts, "examples": texts}
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in words.items()]
    (WORK / "facts.js").write_text("".join(lines), encoding="utf-8")
    for name in ("style.css", "icon.svg", "manifest.webmanifest"):
        shutil.copy(WEB / "src" / name, DIST)
    # The script of a page to learn with is allowed by its hash alone, in the policy that its frame takes over.
    page = (WEB / "src" / "index.html").read_text(encoding="utf-8").replace("sha256-of-learning", facts["script"])
    (DIST / "index.html").write_text(page, encoding="utf-8")
    python_files = {
        name: (DIST / name).stat().st_size
        for name in ("python.zip.packed", "symnet.zip.packed", "pyodide.asm.wasm.packed")
    }
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    esbuild("app.js", f"--alias:symnet-facts={WORK / 'facts.js'}")
    # What Pyodide does under Node is no part of a page.
    esbuild("worker.js", "--external:node:*", defined={"PYTHON_FILES": python_files, "PYODIDE_INFO": info})


def write_service_worker() -> None:
    """Write what keeps the files of the page; its version is that of all of them together."""
    names = sorted(path.name for path in DIST.iterdir())
    version = hashlib.sha256()
    for name in names:
        version.update(name.encode() + hashlib.sha256((DIST / name).read_bytes()).digest())
    page = (DIST / "index.html").read_text(encoding="utf-8")
    known = {
        "FILES": names,
        "SHELL": [name for name in names if not name.endswith((".packed", ".mjs"))],
        "VERSION": version.hexdigest()[:12],
        "POLICY": re.search(r'content="(default-src [^"]*)"', page)[1],
    }
    esbuild("sw.js", defined=known)


def esbuild(name: str, *words: object, defined: dict[str, object] | None = None) -> None:
    """Bundle a module of the page with all that it imports.

    Args:
        name: Its name.
        words: What else esbuild is told.
        defined: What stands for names in it.
    """
    defines = [f"--define:{key}={json.dumps(value)}" for key, value in (defined or {}).items()]
    source = WEB / "src" / name
    how = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=error", f"--outfile={DIST / name}")
    run("node", MODULES / "esbuild" / "bin" / "esbuild", source, *how, *words, *defines, folder=WEB)


def run(*command: object, folder: Path | None = None) -> None:
    """Run a command, and end with its own words where it fails.

    Args:
        command: Its words.
        folder: Where it runs.
    """
    done = subprocess.run([str(word) for word in command], cwd=folder, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        sys.exit(f"{Path(str(command[0])).name} failed, see above")


if __name__ == "__main__":
    main()

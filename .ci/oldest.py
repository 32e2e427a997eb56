"""Prints the oldest allowed version of every requirement in pyproject.toml, as constraints for pip."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def oldest(requirement: Requirement) -> str:
    """Return a constraint to the oldest version that a requirement allows.

    Raises:
        ValueError: If it does not say which is the oldest.
    """
    lower = [clause.version for clause in requirement.specifier if clause.operator in {">=", "==", "~="}]
    if len(lower) != 1:
        raise ValueError(f"{requirement} does not say which version is the oldest; write >= and a version behind it")
    return f"{requirement.name}=={lower[0]}"


def requirements() -> Iterator[Requirement]:
    """Yield every requirement: of the build, of the package, and of its extras."""
    content = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    extras = content["project"]["optional-dependencies"].values()
    for group in (content["build-system"]["requires"], content["project"]["dependencies"], *extras):
        yield from map(Requirement, group)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in sorted({oldest(requirement) for requirement in requirements()}))

"""Marks the submission by `symnet check`, and writes results.json as Gradescope reads it."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

ENDINGS = {".yaml", ".yml", ".json", ".csv"}


def test_of(answer):
    """Return an answer as a test: what was found out about it, but not what would be correct."""
    earned, worth = Fraction(answer["marks"]), Fraction(answer["out_of"])
    said = [answer["verdict"].replace("_", " "), *(one["says"] for one in answer["mistakes"]), answer["message"]]
    return {
        "name": answer["id"] or answer["given"],
        "score": float(earned),
        "max_score": float(worth),
        "status": "passed" if answer["verdict"].startswith("right") else "failed",
        "output": "\n".join(filter(None, said)),
    }


def results(root):
    """Return what Gradescope is to know of the submission."""
    files = [path for path in sorted((root / "submission").rglob("*")) if path.suffix.lower() in ENDINGS]
    if len(files) != 1:
        endings = ", ".join(sorted(ENDINGS))
        return {"score": 0, "output": f"Found {len(files)} files of answers; submit one that ends in {endings}."}
    command = ["check", root / "source" / "exercise.yaml", files[0], "-f", "json", "-o", "-", "-q"]
    # What was submitted is never part of a command that a shell reads.
    done = subprocess.run([root / "venv" / "bin" / "symnet", *command], capture_output=True, text=True, cwd=root)
    if done.returncode not in (0, 1):
        # Where files stand here is nothing to students.
        return {"score": 0, "output": done.stderr.replace(f"{root}/", "").strip()}
    marked = json.loads(done.stdout)
    return {
        "score": float(Fraction(marked["marks"])),
        "output": f"{marked['marks']} of {marked['out_of']} marks",
        "tests": [test_of(answer) for answer in marked["answers"]],
        "stdout_visibility": "hidden",
    }


if __name__ == "__main__":
    root = Path(sys.argv[1])
    found = results(root)
    folder = root / "results"
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(found, indent=1), encoding="utf-8")

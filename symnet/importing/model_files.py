"""Files of models: which are read, and what is opened of them. No file is ever unpickled."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from symnet.description.source import printable
from symnet.errors import ModelError, Problem
from symnet.limits import MOST_MODEL_BYTES

ONNX = ".onnx"
_ALLOWED = f"a model in ONNX, a file that ends in {ONNX}"
_FROM_PYTHON = "load it yourself in a Python that you trust with it, and call symnet.describe(model)"
_PICKLED = f"Loading a pickle runs what is in it: {_FROM_PYTHON}"
_TORCH = f"{_PICKLED}, or write it with torch.onnx.export."
_KERAS = f"Such a file may hold code: {_FROM_PYTHON}, or write it with model.export(path, format='onnx')."
_SKLEARN = f"{_PICKLED}."
_ARRAYS = (
    "It has numbers without layers: build the model in Python, load the numbers into it, and call symnet.describe."
)

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin", ".mar"), _TORCH),
        **dict.fromkeys((".pkl", ".pickle", ".joblib", ".sav", ".dill", ".cloudpickle", ".skops"), _SKLEARN),
        **dict.fromkeys((".h5", ".hdf5", ".keras", ".pb", ".tflite"), _KERAS),
        **dict.fromkeys((".safetensors", ".npz", ".npy"), _ARRAYS),
    }
)
"""What to do instead with files that are never opened, by how their names end."""
# How such files begin, whatever they are called: a pickle, a zip, HDF5.
_BEGINNINGS: Mapping[bytes, str] = MappingProxyType(
    {
        **{bytes((0x80, version)): _TORCH for version in range(2, 6)},
        b"PK\x03\x04": _TORCH,
        b"\x89HDF": _KERAS,
        b"\x93NUMPY": _ARRAYS,
    }
)
# Where the system knows them: a pipe is not waited for.
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def content_of_model(path: str | os.PathLike[str]) -> bytes:
    """Return what is in a file of a model in ONNX.

    Args:
        path: Its path.

    Raises:
        ModelError: If it is no such file, cannot be read, or is too large, which is known before it is read.
    """
    name = os.fspath(path)
    shown, ending = printable(name, 500), Path(name).suffix.lower()
    if ending in REFUSED:
        raise _refusal(shown, f"a file that ends in {ending}", REFUSED[ending])
    if ending != ONNX:
        raise _refusal(shown, f"a file that ends in {printable(ending, 40)}" if ending else "a name without an ending")
    try:
        content = _content(name, shown)
    except FileNotFoundError:
        raise _refusal(shown, "no file of this name", allowed="one that is there") from None
    except (OSError, ValueError) as error:
        raise _refusal(shown, printable(getattr(error, "strerror", None) or str(error))) from None
    for begins, hint in _BEGINNINGS.items():
        if content.startswith(begins):
            raise _refusal(shown, "a pickle, an archive or a file of arrays", hint)
    return content


def _content(name: str, shown: str) -> bytes:
    with open(os.open(name, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0)), "rb") as file:  # noqa: PTH123
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(shown, "no plain file")
        if status.st_size > MOST_MODEL_BYTES:
            found, allowed = f"{status.st_size:,} bytes", f"at most {MOST_MODEL_BYTES:,}"
            raise _refusal(shown, found, "A network to be worked by hand is far smaller.", allowed)
        return file.read(MOST_MODEL_BYTES + 1)


def _refusal(name: str, found: str, hint: str = "", allowed: str = _ALLOWED) -> ModelError:
    return ModelError(name, (Problem("", found, allowed, hint),))

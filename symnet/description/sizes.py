"""How many inputs a network has: as a number, by their names, or as the shape of an image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Self

from pydantic import Field as Key
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from symnet.description.fields import EntriesField, Error, Field, NameField, Record, Size, Whole, refusal, several
from symnet.description.layers import is_taken
from symnet.description.source import Scalar
from symnet.limits import MOST_INPUTS, MOST_SCALARS, MOST_UNITS


class InputSize(int):
    """How many inputs there are, in which shape, and what they are called.

    Attributes:
        shape: Their shape.
        space: How many of its axes are those of an image; 0 of rows of numbers.
        names: Their names; none where they are numbered.
    """

    shape: tuple[int, ...]
    space: int
    names: tuple[str, ...]

    def __new__(cls, *shape: int, space: int = 0, names: tuple[str, ...] = ()) -> Self:
        """Return the number of inputs of a shape."""
        self = super().__new__(cls, prod(shape))
        self.shape, self.space, self.names = shape, space, names
        return self

    def written(self) -> int | list[str] | dict[str, int]:
        """How a description says it: a number, names, or the shape of an image."""
        if self.space:
            lengths = dict(zip(("width", "height"), reversed(self.shape), strict=False))
            return lengths | ({"channels": self.shape[0]} if len(self.shape) > self.space else {})
        return list(self.names) or int(self)


class ImageShape(Record):
    """The shape of an image: its channels one after the other, each row by row."""

    height: Size | None = Key(None, description="How many rows it has; left out for a single axis.")
    width: Size = Key(description="How many columns it has.")
    channels: Size = Key(1, description="How many channels it has.")

    @property
    def size(self) -> InputSize:
        """The number of inputs, with their shape."""
        lengths = (self.width,) if self.height is None else (self.height, self.width)
        return InputSize(*((self.channels,) if self.channels > 1 else ()), *lengths, space=len(lengths))


def _reads_as_number(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, Scalar) and value.is_read_as_a_number)


@dataclass(frozen=True)
class InputsCount(Field):
    """How many inputs there are: a number, a list of names, or the shape of an image.

    Attributes:
        images: Whether it may be the shape of an image.
    """

    images: bool = False

    def read(self, value: object) -> InputSize:
        """The number, with names or a shape."""
        if isinstance(value, Mapping) and self.images:
            return self._image(value)
        if isinstance(value, list | tuple) and not all(map(_reads_as_number, value)):
            return self._named(value)
        return InputSize(Whole(1, MOST_UNITS).read(value))

    def _image(self, value: Mapping[Any, object]) -> InputSize:
        try:
            size = ImageShape.model_validate(value).size
        except ValidationError as error:
            wrong = ", ".join(str(detail["loc"][0]) for detail in error.errors(include_url=False))
            allowed = "a mapping with the keys height, width and channels, each a whole number"
            raise refusal(allowed, f"Look at {wrong}.", "the shape of an image") from error
        if size > MOST_SCALARS:
            raise refusal(f"at most {MOST_SCALARS:,} inputs", found=f"{size:,} inputs")
        return size

    def _named(self, value: object) -> InputSize:
        listed = EntriesField(1, MOST_INPUTS).check(value)
        names: list[str] = []
        errors: list[Error] = []
        for place, one in enumerate(listed if isinstance(listed, list | tuple) else ()):
            try:
                name = NameField().read(one)
                if name in names or is_taken(name) or name == "inputs":
                    raise refusal("names that nothing else has", "Take other names.", f'"{name}"')
                names.append(name)
            except PydanticCustomError as error:
                errors.append(((place,), error, one))
        several(errors)
        return InputSize(len(names), names=tuple(names))

    def json_schema(self) -> dict[str, Any]:
        """A number, a list of names, or the shape of an image."""
        length = Whole(1, MOST_UNITS).json_schema()
        name = NameField().json_schema()
        names = {"type": "array", "items": name, "minItems": 1, "maxItems": MOST_INPUTS}
        keys = {key: {**length, "description": of.description} for key, of in ImageShape.model_fields.items()}
        image = {"type": "object", "properties": keys, "required": ["width"], "additionalProperties": False}
        return {"anyOf": [*length["anyOf"], names, *([image] if self.images else [])]}

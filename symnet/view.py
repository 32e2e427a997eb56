"""Which view of a solution a sheet shows: in how much detail, scalars or matrices, deltas or paths, all or some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Self

from symnet.errors import ChoiceError

if TYPE_CHECKING:
    from sympy import Symbol

FORMS = ("scalar", "index", "matrix", "both")
ASKED = ("scalar", "matrix", "both")
DETAILS = ("compact", "full", "results")
STYLES = ("delta", "paths", "expanded", "forward")


class _ViewOptions(NamedTuple):
    form: str
    style: str
    parameters: tuple[str, ...]
    detail: str
    only: str


class Preferred(NamedTuple):
    """What takes the place of what a description says of its sheets; None for what it says stays.

    Attributes:
        notation: The name of a notation, or of a file that holds one.
        language: The name of a language.
    """

    notation: str | None = None
    language: str | None = None


AS_DESCRIBED = Preferred()
"""Everything as the description says it."""


class View(_ViewOptions):
    """What of a solution is shown, and how.

    Attributes:
        form: ``scalar``, ``index`` (the general rule once a layer), ``matrix``, or ``both`` scalar and matrix.
        style: How a derivative with respect to a parameter is written: in deltas, as one product a path, expanded
            in inputs, targets and parameters alone, or by the forward mode, in tangents.
        parameters: The ids of the parameters that are shown; empty for all.
        detail: ``compact`` (the general rule once, then what it comes to), ``full`` (every derivative line by line) or
            ``results`` (the equations and the results alone).
        only: The id of the quantity that is shown alone; empty for the whole solution.
    """

    __slots__ = ()

    def __new__(
        cls,
        form: str = "scalar",
        style: str = "delta",
        parameters: Iterable[str] = (),
        detail: str = "compact",
        only: str = "",
    ) -> Self:
        """Return the view.

        Raises:
            ChoiceError: If there is no such form, style or detail, or if the parameters are one text.
        """
        for name, found, allowed in (("form", form, FORMS), ("style", style, STYLES), ("detail", detail, DETAILS)):
            if found not in allowed:
                raise ChoiceError(name, found, allowed)
        if isinstance(parameters, str):
            raise ChoiceError("parameters", parameters, (f'several ids, as in ("{parameters[:40]}",)',))
        return super().__new__(cls, form, style, tuple(parameters), detail, only)

    @property
    def scalar(self) -> bool:
        """Whether numbers are worked one by one, and so is the derivation, unless it is shown with general indices."""
        return self.form != "matrix"

    @property
    def matrix(self) -> bool:
        """Whether the derivation is shown layer by layer in matrices."""
        return self.form in {"matrix", "both"}

    @property
    def indexed(self) -> bool:
        """Whether the derivation is shown once a layer, with general indices."""
        return self.form == "index"

    def with_entries(self, entries: Mapping[str, tuple[str, ...]]) -> View:
        """Return the view with the entries of an array in place of its name.

        Args:
            entries: The ids of the entries of each array by its name.
        """
        chosen = (one for name in self.parameters for one in entries.get(name, (name,)))
        return self._replace(parameters=tuple(dict.fromkeys(chosen)))

    def shows(self, parameter: str) -> bool:
        """Return whether the derivative with respect to the parameter with this id is shown."""
        return not self.parameters or parameter in self.parameters

    def among(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        """Return those of some parameters and inputs that are shown."""
        return [symbol for symbol in symbols if self.shows(symbol.name)]


USUAL = View()
"""The view that is shown unless another one is asked for."""

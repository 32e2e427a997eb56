"""The table of symbols: all that are used on a page, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.training import Training
from symnet.document import Block, Inline, Line, Question, Table
from symnet.layout.letters import FormulaLetters, head, is_letter
from symnet.layout.tree import Fence, Layout, Operator, Row, Word
from symnet.network.graph import Network
from symnet.notation.names import letter_of
from symnet.quantity import Role
from symnet.remember import Remembered
from symnet.sheets.names import definitions
from symnet.sheets.optimizer import ROLES, letter
from symnet.sheets.sheet import Sheet
from symnet.text.languages import language_name
from symnet.text.say import listed, said, say, title
from symnet.typeset.indices import index_letters

LEGEND = ("legend.name", "legend.symbol", "column.meaning")
"""The keys of the head of a table of symbols."""

_TREES = get_args(Layout)

# Roles of which every member has a letter of its own, so that each stands in the table of symbols.
_BIASES = frozenset((Role.BIAS, Role.SHARED_BIAS))
_EACH = frozenset((Role.STRENGTH, Role.NORM, Role.DISTANCE))
# What a weighted sum is to which no bias is added, by the key of what it is else.
_WITHOUT_BIAS: Mapping[str, str] = MappingProxyType({"meaning.weighted_sum_plus_bias": "meaning.weighted_sum"})
# The roles whose members of a layer stand together as a vector or a matrix.
_IN_ARRAYS = (
    Role.INPUT,
    Role.TARGET,
    Role.WEIGHT,
    Role.BIAS,
    Role.PRE_ACTIVATION,
    Role.ACTIVATION,
    Role.DROPPED,
    Role.OUTPUT,
    Role.PROBABILITY,
    Role.SCORE,
    Role.MARGIN_NODE,
    Role.DELTA,
)
# What may be told by the end of a sum, or as an exponent.
_COUNTED = frozenset((Role.STEP, Role.SAMPLES))
# The kinds of index, by the letter under which the indexed form keeps them: of units, and of anything else.
_UNITS = "ijk"
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "l": "compact.index.other",
        "q": "compact.index.piece",
        "r": "compact.index.piece",
        "t": "compact.index.piece",
        "u": "compact.index.use",
    }
)
_HAS: Mapping[str, Callable[[Network], bool]] = MappingProxyType(
    {
        "compact.index.piece": lambda network: any(layer.pieces > 1 for layer in network.layers),
        "compact.index.use": lambda network: len(network.branches) > 1,
    }
)


def _formulas(part: Any) -> Iterator[Layout]:  # noqa: ANN401 - blocks of every kind are walked alike
    """Yield the formulas of a block, or of a tuple of blocks."""
    if isinstance(part, _TREES):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _formulas(inner)


_PIECES = Remembered()


def _pieces(page: Iterable[Block]) -> Iterator[Inline | Block]:
    """Yield the parts of a page that are the same objects on all sheets on which they are the same."""
    for block in page:
        if not isinstance(block, Question):
            yield block
            continue
        yield from (block.prompt, *block.printed, *block.rule)
        for part in block.parts:
            yield from (part.prompt, *part.printed, *(answer.block for answer in part.answers))


class PieceLetters(NamedTuple):
    """The letters of a part of a page.

    Attributes:
        letters: All of them.
        defined: Those that it defines.
    """

    letters: FormulaLetters
    defined: frozenset[Layout]


_NO_LETTERS = PieceLetters(FormulaLetters(frozenset(), frozenset(), frozenset()), frozenset())


def _letters(piece: Inline | Block) -> PieceLetters:
    """Return the letters of a part of a page: the same object for all parts that have the same."""
    if all(isinstance(one, str) for one in piece):
        return _NO_LETTERS
    return _PIECES.once(piece, None, lambda: _same(FormulaLetters.of(_formulas(piece)), _defined(piece)))


@lru_cache(maxsize=4_000)
def _same(letters: FormulaLetters, defined: frozenset[Layout]) -> PieceLetters:
    return PieceLetters(letters, defined)


# The rows of the table.

PLACE = Table((), (), "lll")
"""Where the table of symbols is to stand, once it is known what the page uses."""


def with_symbols(blocks: Iterable[Block], sheets: Sequence[Sheet], training: Training | None) -> tuple[Block, ...]:
    """Return the blocks of a page with its table of symbols in its place.

    Args:
        blocks: All blocks of the page.
        sheets: The parts that it is about.
        training: How the network is trained, if it is.
    """
    whole = tuple(blocks)
    if PLACE not in whole:
        return whole
    page = tuple(block for block in whole if block != PLACE)
    found = tuple(dict.fromkeys(map(_letters, _pieces(page))))
    shared = sheets[0].part.objective, sheets[0].names, training
    key = language_name(), tuple(sheet.view for sheet in sheets)
    table = _TABLES.of_all((*found, *shared), key, lambda: _table(sheets, training, found))
    return tuple(table if block == PLACE else block for block in whole)


_TABLES = Remembered(100)


def _table(sheets: Sequence[Sheet], training: Training | None, found: Sequence[PieceLetters]) -> Table:
    """Return the table of the symbols that are used on the pieces of a page."""
    letters, defined = zip(*found, strict=True)
    rows = tuple(_rows(sheets, training, FormulaLetters.joined(letters), frozenset().union(*defined)))
    return Table(tuple(map(say, LEGEND)), rows, "lll")


def _defined(page: Any) -> frozenset[Layout]:  # noqa: ANN401 - blocks of every kind are walked alike
    """Return the letters that some line of a page defines."""
    if isinstance(page, Line):
        return frozenset() if page.left is None else frozenset((head(page.left),))
    if isinstance(page, tuple):
        return frozenset(letter for part in page for letter in _defined(part))
    return frozenset()


def _rows(
    sheets: Sequence[Sheet], training: Training | None, used: FormulaLetters, defined: frozenset[Layout]
) -> Iterator[tuple[Inline, ...]]:
    sheet = sheets[0]
    for role in Role:
        symbols = [symbol for symbol in _symbols(sheet, role, training) if _is_used(used, role, symbol)]
        if symbols:
            yield say(f"role.{role.name.lower()}", count=1), _written(sheet, role, symbols), _meaning(sheet, role)
    arrays = list(_arrays(sheet, used))
    if arrays:
        yield say("legend.arrays"), listed(arrays), say("meaning.arrays")
    yield from _functions(sheet, used, defined)
    yield from _samples(sheet, used)
    yield from _indices(sheet, used)


def _functions(sheet: Sheet, used: FormulaLetters, defined: frozenset[Layout]) -> Iterator[tuple[Inline, ...]]:
    """Yield the functions with letters that no line of the page defines: by their titles, or their formulas."""
    own = {head(line.left): line for line in definitions(sheet) if line.left is not None}
    for function, line in own.items():
        if used.holds(function) and function not in defined and line.left is not None:
            yield say("legend.function"), (line.left,), (line.right,)
    for name, function in sheet.names.notation.functions.items():
        if is_letter(function) and used.holds(function) and function not in defined:
            argument = Fence(sheet.names.letter(Role.PRE_ACTIVATION))
            yield (
                say("legend.function"),
                (Row((function, argument)),),
                (title("activation", name, ACTIVATIONS[name].title),),
            )


def _symbols(sheet: Sheet, role: Role, training: Training | None) -> Iterator[Layout]:
    """Yield how a role is written in general: those of the network, and those of its training."""
    names = sheet.names
    if role not in names.notation.names:
        return
    if role in names.held:
        yield from (names(it.id) for it in names.held[role]) if role in _EACH else names.general(role)
    elif role is Role.ONES and names.role(role) != names.notation.indicator:
        yield names.role(role)
    elif training is not None and role in _of_training(training):
        yield letter(sheet, role)


def _of_training(training: Training) -> frozenset[Role]:
    """Return the roles of what the optimizer keeps, of its own options, and of what every training may have."""
    others = {option.name for optimizer in OPTIMIZERS.values() for option in optimizer.options} - {*training.options}
    constants = (role for symbol, role in ROLES.items() if symbol.name not in others)
    return frozenset((*constants, *(state.role for state in training.rule.states)))


def _is_used(used: FormulaLetters, role: Role, symbol: Layout) -> bool:
    """Return whether a page uses a symbol; a count stands high, as an exponent or at the end of a sum."""
    return not isinstance(symbol, Word) and (used.holds(symbol) or (role in _COUNTED and used.counts(symbol)))


def _written(sheet: Sheet, role: Role, symbols: Sequence[Layout]) -> Inline:
    """Return the symbols of a row; a delta with what it is the derivative of."""
    if role is not Role.DELTA:
        return listed(symbols)
    names = sheet.names
    wrt = names.general(Role.PRE_ACTIVATION)[0]
    return (Row((symbols[0], Operator("="), names.partial(names(sheet.part.network.loss.name), wrt))),)


def _meaning(sheet: Sheet, role: Role) -> Inline:
    """Return what a role is; a weighted sum to which no bias is added is one alone."""
    meaning = sheet.names.notation.names[role].meaning
    if role is not Role.PRE_ACTIVATION or not _BIASES.isdisjoint(sheet.names.held):
        return said(meaning)
    return said(meaning._replace(key=_WITHOUT_BIAS.get(meaning.key, meaning.key)))


def _arrays(sheet: Sheet, used: FormulaLetters) -> Iterator[Layout]:
    """Yield the vectors and matrices of a page, in general or each where every layer has letters of its own."""
    names, layers = sheet.names, range(1, len(sheet.part.network.layers) + 1)
    found: dict[Layout, None] = {}
    for role in _IN_ARRAYS:
        if role not in names.notation.names or (role is Role.DELTA and not names.has_delta):
            continue
        for kind in (names.matrix, names.vector):
            for layer in layers:
                plain = kind(role, layer)
                if used.holds(plain):
                    found[plain if names.own_letters else kind(role, "ell")] = None
    yield from found


def _samples(sheet: Sheet, used: FormulaLetters) -> Iterator[tuple[Inline, ...]]:
    """Yield the mark of a sample, if any quantity of one stands on the page."""
    mark = sheet.names.notation.sample
    sample = letter_of(mark.letter)
    fence = Fence(sample, mark.left, mark.right)
    if mark.high and fence in used.marks:
        yield say("legend.sample"), (fence,), say("meaning.sample_mark", sample=sample)
    elif mark.letter in used.indices and mark.letter not in sheet.names.notation.indices:
        yield say("legend.sample"), (sample,), say("meaning.sample_index")


def _indices(sheet: Sheet, used: FormulaLetters) -> Iterator[tuple[Inline, ...]]:
    """Yield what the letters of indices are for."""
    letters = index_letters(sheet.names)
    network = sheet.part.network
    # A letter of pieces or uses that there are not is another's, such as the t of a training step.
    missing = {key for key, has in _HAS.items() if not has(network)}
    kinds = {letters[kind]: kind for kind in (*_UNITS, *_OTHERS) if _OTHERS.get(kind) not in missing}
    # What is said of a weight says what its two are; a third needs their order.
    told = () if letters[_UNITS[-1]] in used.indices else sheet.names.notation.indices
    shown = sorted(index for index in kinds if index in used.indices and index not in told)
    units = [letter_of(index) for index in shown if kinds[index] in _UNITS]
    if units:
        meaning = "compact.index.units" if len(units) > 1 else "compact.index.unit"
        yield say("compact.index"), listed(units), say(meaning)
    for key in dict.fromkeys(_OTHERS.values()):
        others = [letter_of(index) for index in shown if _OTHERS.get(kinds[index]) == key]
        if others:
            yield say("compact.index"), listed(others), say(key)

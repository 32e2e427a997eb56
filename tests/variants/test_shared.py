"""What the sheets of a class share: made once, and to the same bytes as if each had been made alone."""

import pytest
from classes import PRODUCT, XOR, source

import symnet.remember
from symnet.pipeline import solve
from symnet.sheets import worksheet
from symnet.sheets.questions.asks import OF_NO_NUMBER
from symnet.sheets.worksheet import SheetQuestions, scheme_of
from symnet.variants.select import workshop
from symnet.variants.sheets import FilesAsked, Student, files
from symnet.worked import Part

PENALIZED = XOR.replace(
    "loss: squared_error",
    "loss: [squared_error, binary_cross_entropy]\nregularization: {kind: l2, strength: 0.1}",
)
CLASSES = {
    "network": XOR,
    "graph": PRODUCT,
    "losses and penalty": PENALIZED,
    "decimal commas": XOR.replace("numbers: {decimals: 4}", "numbers: {decimals: 3, decimal_mark: comma}"),
    "rate": XOR.replace("variants:", "variants:\n  learning_rate: {choose: [0.1, 0.5, 1]}"),
    "sizes": XOR.replace("variants:", 'variants:\n  "layers[1].units": {choose: [2, 3]}'),
}


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("level", ["blank", "formulas"])
def test_shared_parts_are_those_of_a_sheet_made_alone(text, level):
    """Sheet, key and data of a draw that comes after others are those of the same description solved by itself."""
    shop, asked = workshop(source(text)), FilesAsked(("tex",), level, key=True)
    for number in range(4):
        variant = shop.plan.variant(number)
        worked = shop.worked(variant)
        made = dict(files(variant, worked, scheme_of(worked), Student(), asked))
    alone = solve(variant.description)
    assert made == dict(files(variant, alone, scheme_of(alone), Student(), asked))
    assert len(made) == 3


class Watched(Part):
    """A part that tells when its numbers are looked at."""

    looked: list[str] = []  # noqa: RUF012 - one list for all

    def __getattribute__(self, name):
        """Return an attribute, and note those that are numbers."""
        if name in {"data", "evaluation", "paper"}:
            Watched.looked.append(name)
        return super().__getattribute__(name)


@pytest.mark.everyday(2)
@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
def test_what_is_kept_for_all_numbers_looks_at_none(text, monkeypatch):
    """No question that is kept from sheet to sheet looks at a number while it is made, and others do."""
    worked = solve(workshop(source(text)).plan.variant(0).description)
    for part in worked.parts:
        object.__setattr__(part, "__class__", Watched)
    looked, plain = {}, worksheet._posed

    def posed(asker, choice, table, asked):
        """Pose a question, and note whether numbers were looked at."""
        Watched.looked.clear()
        found = plain(asker, choice, table, asked)
        looked[choice.ask] = bool(Watched.looked) or looked.get(choice.ask, False)
        return found

    monkeypatch.setattr(worksheet, "_posed", posed)
    SheetQuestions.of(worked, rules=True)
    assert looked["numbers"]
    assert [name for name in looked if looked[name] and name in OF_NO_NUMBER] == []
    assert len(looked.keys() & OF_NO_NUMBER) > 1


def test_the_oldest_is_forgotten():
    """Of more objects than are remembered, the one not asked for longest is made anew; others are not."""
    kept, made = symnet.remember.Remembered(2), []
    first, second, third = [1], [2], [3]

    def ask(of):
        """Ask for what is made of an object."""
        return kept.once(of, None, lambda: made.append(of) or len(made))

    assert [ask(first), ask(second), ask(first), ask(third), ask(first), ask(second)] == [1, 2, 1, 3, 1, 4]


def test_equal_objects_are_not_the_same():
    """What was made of an object is found for that object alone, and by all else that it depends on."""
    kept = symnet.remember.Remembered()
    one, other = (1, 2), tuple([1, 2])  # noqa: C409 - another object
    assert kept.once(one, "a", lambda: 1) == 1
    assert kept.once(other, "a", lambda: 2) == 2
    assert kept.once(one, "b", lambda: 3) == 3
    assert kept.once(one, "a", lambda: 4) == 1

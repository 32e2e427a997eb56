"""A language that is English with an accent on every vowel, made by machine: what is not in it was never translated."""

import re
from types import SimpleNamespace

from symnet.text import en
from symnet.text.say import SLOT

ACCENTS = str.maketrans("aeiouyAEIOUY", "àéîõüÿÀÉÎÕÜÝ")
NUMERALS = ("zérõ", "ûn", "déüx", "trõîs")


def accented(template):
    """Return a template with accents in its words and a third form for counts; names of slots stay as they are."""
    found, done = [], 0
    for slot in SLOT.finditer(template):
        found += [template[done : slot.start()].translate(ACCENTS), forms_of(slot)]
        done = slot.end()
    return "".join([*found, template[done:].translate(ACCENTS)])


def forms_of(slot):
    """Return a slot with its forms for one, for a few and for many."""
    if slot[2] is None:
        return slot[0]
    one, many = slot[2].translate(ACCENTS).split("|")
    return f"{{{slot[1]}:{one}|{many}|{many}}}"


def plural(count):
    """Return which form goes with a count, as in Slavic languages: one, a few, many."""
    return 0 if count == 1 else 1 if 1 < count < 5 else 2


def in_digits(count):
    """Return a count with full stops between thousands."""
    return f"{count:,}".replace(",", ".")


PSEUDO = SimpleNamespace(
    SENTENCES={key: accented(template) for key, template in en.SENTENCES.items()},
    DECIMAL_MARK="comma",
    HYPHENATION="",
    plural=plural,
    in_words=lambda count: NUMERALS[count] if count < len(NUMERALS) else in_digits(count),
    in_digits=in_digits,
    continued=lambda text: text[:1].lower() + text[1:],
)


def english_in(text, allowed=()):
    """Return the words of three letters and more in a text that have a vowel without its accent."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return [word for word in words if re.search("[aeiouyAEIOUY]", word) and word not in allowed]

"""HTML and MathML read back: as elements, as text, and as what would be said of a formula on one line."""

import unicodedata
from xml.etree import ElementTree

# How many parts an element of MathML has; the others take any number.
PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
OTHERS = {
    "semantics",
    "annotation",
    "math",
    "mrow",
    "msqrt",
    "mtable",
    "mtr",
    "mtd",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
}
KNOWN = {
    "displaystyle",
    "form",
    "stretchy",
    "lspace",
    "rspace",
    "width",
    "accent",
    "accentunder",
    "mathvariant",
    "style",
    "class",
    "encoding",
}
EMPTY = {"meta", "input", "line", "polygon", "polyline", "circle", "rect"}
_MARKS = {"^": "\N{COMBINING CIRCUMFLEX ACCENT}", "¯": "\N{COMBINING MACRON}", "˙": "\N{COMBINING DOT ABOVE}"}
# Written in one format and not in the other, or where a line ends: brackets, dots of a product, spaces.
_FREE = frozenset("(){}[]_^⋅,;|‖…⋯. ")


def page(source):
    """Return the root of an HTML page which an XML parser can read too."""
    return ElementTree.fromstring(source)  # noqa: S314 - made by the test itself


def page_text(source):
    """Return all text of a page that is not style, drawings with their labels and descriptions included."""
    return " ".join(
        text for part in page(source).iter() if part.tag != "style" for text in (part.text, part.tail) if text
    )


def formula(source):
    """Return the root of a formula."""
    return ElementTree.fromstring(f"<math>{source}</math>")  # noqa: S314 - likewise


def said(element):
    """Return a formula on one line, each fraction with a stroke and each root with its sign, without its source."""
    if element.tag == "semantics":
        return said(element[0])
    if element.get("class") in {"tex", "narrow"}:
        return ""
    parts = [said(part) for part in element]
    if element.tag == "mfrac":
        return "/".join(parts)
    if element.tag == "mover" and element.get("accent"):
        return parts[0][:1] + _MARKS[parts[1]] + parts[0][1:]
    sign = "√" if element.tag == "msqrt" else ""
    return sign + (element.text or "") + "".join(parts)


def bare(text):
    """Return the signs of a formula that every format writes, scripts and bold letters as plain ones."""
    return "".join(char for char in unicodedata.normalize("NFKC", text.replace("ᵀ", "⊤")) if char not in _FREE)


def check_formula(root):
    """Assert that a formula is MathML Core: known elements, each with as many parts as it takes."""
    for element in root.iter():
        if element.tag == "span":
            continue
        assert element.tag in PARTS.keys() | OTHERS, element.tag
        assert set(element.keys()) <= KNOWN
        if element.tag in PARTS:
            assert len(element) == PARTS[element.tag], element.tag
        if element.tag in {"mi", "mn", "mo"}:
            assert element.text
            assert len(element) == 0
        if element.tag == "semantics":
            assert [part.tag for part in element][1:] == ["annotation"]
            assert element[1].get("encoding") == "application/x-tex"
        if element.tag in {"mtable", "mtr"}:
            assert {part.tag for part in element} == {"mtr" if element.tag == "mtable" else "mtd"}

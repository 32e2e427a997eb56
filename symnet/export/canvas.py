"""An exercise as a quiz in QTI 1.2, which Canvas imports: an archive with a manifest and a file of questions a quiz.

A numerical question of Canvas knows numbers that are correct, and of no others: whatever is accepted is an answer
with a margin, or a range, whose ends are included. The mistakes stand in questions of their own, "what went wrong
here?", with the named mistakes as choices; they have no marks, so that the total is that of the sheet.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from fractions import Fraction
from urllib.parse import quote
from uuid import UUID, uuid5
from xml.etree import ElementTree

from symnet.document import Inline
from symnet.export.archive import archived
from symnet.export.exercise import Exported, ExportedPart, parts
from symnet.export.items import Band, Item, WrongNumber, decimal
from symnet.export.markup import as_html, printed, question, statement
from symnet.text.say import say

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
_LOM = "http://www.imsglobal.org/xsd/imsmd_v1p2"
# Where identifiers come from: the same exercise has the same ones, so that importing it again changes what is there.
_SPACE = UUID("6f9c1a52-3b0e-5c55-9c0b-3f4c1d1f7a10")
# Choices of a question about a mistake.
_FEWEST_CHOICES, _MOST_CHOICES = 3, 5

_LOADED = {"resource": "associatedcontent/imscc_xmlv1p1/learning-application-resource", "quiz": "imsqti_xmlv1p2"}


def equation_image(latex: str) -> str:
    """Return a formula as the image by which Canvas shows it, with its LaTeX.

    Args:
        latex: Its LaTeX.
    """
    shown = html.escape(latex)
    # Canvas decodes what stands in the address twice.
    address = quote(quote(latex, safe=""), safe="")
    return (
        f'<img class="equation_image" title="{shown}" src="/equation_images/{address}?scale=1" '
        f'alt="LaTeX: {shown}" data-equation-content="{shown}">'
    )


def canvas(exercises: Iterable[Exported]) -> bytes:
    """Return exercises as an archive that Canvas imports as QTI, a quiz for each.

    Args:
        exercises: The exercises, or the variants of one.
    """
    files: dict[str, bytes] = {}
    idents: list[str] = []
    for exercise, part in parts(exercises):
        name = printed(exercise.called(part))
        ident = _ident("quiz", str(len(idents)), name)
        idents.append(ident)
        quiz = _Quiz(ident, name)
        content = quiz.questions(exercise, part)
        files |= {f"{ident}/{ident}.xml": content, f"{ident}/assessment_meta.xml": quiz.settings()}
    return archived({"imsmanifest.xml": _manifest(idents), **files})


def _ident(kind: str, *names: str) -> str:
    return f"symnet_{kind}_{uuid5(_SPACE, chr(0).join((kind, *names))).hex}"


class _Quiz:
    """One quiz while it is being written."""

    def __init__(self, ident: str, title: str) -> None:
        self.ident, self.title = ident, title
        self.points = Fraction(0)

    def questions(self, exercise: Exported, part: ExportedPart) -> bytes:
        """Return the file of the questions."""
        root = ElementTree.Element("questestinterop", {"xmlns": _QTI})
        assessment = ElementTree.SubElement(root, "assessment", {"ident": self.ident, "title": self.title})
        _fields(assessment, (("cc_maxattempts", "1"),))
        section = ElementTree.SubElement(assessment, "section", {"ident": "root_section"})
        text = statement(exercise, part, equation_image)
        for item in part.items:
            self._numerical(section, text, item)
            self._what_went_wrong(section, text, item)
        return _written(root)

    def settings(self) -> bytes:
        """Return the file of what Canvas knows of a quiz beside its questions."""
        root = ElementTree.Element("quiz", {"identifier": self.ident, "xmlns": _CANVAS})
        settings = {
            "title": self.title,
            "description": "",
            "shuffle_answers": "true",
            "scoring_policy": "keep_highest",
            "hide_results": "",
            "quiz_type": "assignment",
            "points_possible": _float(self.points),
            "show_correct_answers": "true",
            "one_question_at_a_time": "false",
            "cant_go_back": "false",
            "allowed_attempts": "1",
        }
        for name, value in settings.items():
            ElementTree.SubElement(root, name).text = value
        return _written(root)

    def _item(self, section: ElementTree.Element, ident: str, title: str, kind: str, points: Fraction) -> _QtiItem:
        self.points += points
        item = _QtiItem(section, ident, title)
        item.metadata(kind, points)
        return item

    def _numerical(self, section: ElementTree.Element, text: str, item: Item) -> None:
        ident = _ident("item", self.ident, item.id)
        found = self._item(section, ident, item.id, "numerical_question", item.marks)
        found.presentation(f"{text}<p>{question(item, equation_image)}</p>").number()
        found.accepts(item.accepted)
        found.feedback("general_incorrect_fb", say("export.incorrect"))

    def _what_went_wrong(self, section: ElementTree.Element, text: str, item: Item) -> None:
        choices = _choices(item)
        if len(choices) < _FEWEST_CHOICES:
            return
        mistake = item.mistakes[0]
        ident = _ident("wrong", self.ident, item.id)
        found = self._item(section, ident, f"{item.id} ?", "multiple_choice_question", Fraction(0))
        asked = as_html(say("export.what_went_wrong", what=item.left, value=mistake.band.value), equation_image)
        named = {_ident("choice", ident, one.name): one for one in choices}
        right = _ident("choice", ident, mistake.name)
        found.presentation(f"{text}<p>{asked}</p>").choices({key: one.says for key, one in named.items()})
        found.choose(right, list(named))
        for key, one in named.items():
            says = say("export.would_give", value=one.band.value) if key != right else say("export.correct")
            found.feedback(f"{key}_fb", says)


def _choices(item: Item) -> list[WrongNumber]:
    """Return the likeliest mistake with others, which lead to other numbers, in an order that tells nothing."""
    others: dict[str, WrongNumber] = {}
    for one in item.mistakes:
        others.setdefault(one.name, one)
    chosen = list(others.values())[:_MOST_CHOICES]
    return sorted(chosen, key=lambda one: _ident("order", item.id, one.name))


class _QtiItem:
    """One question while it is being written.

    Args:
        section: What it stands in.
        ident: Its identifier.
        title: What it is called.
    """

    def __init__(self, section: ElementTree.Element, ident: str, title: str) -> None:
        self.ident = ident
        self.item = ElementTree.SubElement(section, "item", {"ident": ident, "title": title})
        self.processing: ElementTree.Element | None = None

    def metadata(self, kind: str, points: Fraction) -> None:
        """Say what kind of question it is, and what it is worth."""
        fields = (
            ("question_type", kind),
            ("points_possible", _float(points)),
            ("assessment_question_identifierref", _ident("ref", self.ident)),
        )
        _fields(ElementTree.SubElement(self.item, "itemmetadata"), fields)

    def presentation(self, text: str) -> _QtiItem:
        """Add the text of the question."""
        self.shown = ElementTree.SubElement(self.item, "presentation")
        _material(self.shown, text)
        return self

    def number(self) -> None:
        """Add the room for a number."""
        response = ElementTree.SubElement(self.shown, "response_str", {"ident": "response1", "rcardinality": "Single"})
        room = ElementTree.SubElement(response, "render_fib", {"fibtype": "Decimal"})
        ElementTree.SubElement(room, "response_label", {"ident": "answer1"})

    def choices(self, says: dict[str, Inline]) -> None:
        """Add what there is to choose from."""
        response = ElementTree.SubElement(self.shown, "response_lid", {"ident": "response1", "rcardinality": "Single"})
        rendered = ElementTree.SubElement(response, "render_choice")
        for ident, inline in says.items():
            label = ElementTree.SubElement(rendered, "response_label", {"ident": ident})
            _material(label, as_html(inline, equation_image))

    def accepts(self, bands: Sequence[Band]) -> None:
        """Say which numbers are correct."""
        for place, band in enumerate(bands):
            condition = self._condition("No")
            holder = condition
            if not place:
                # The first is a number with a margin, which Canvas shows as the answer; the others are ranges.
                holder = ElementTree.SubElement(condition, "or")
                _compared(holder, "varequal", band.value)
                holder = ElementTree.SubElement(holder, "and")
            middle = Fraction(band.value)
            _compared(holder, "vargte", decimal(middle - band.reach))
            _compared(holder, "varlte", decimal(middle + band.reach))
            self._correct()
        self._otherwise()

    def choose(self, right: str, idents: Iterable[str]) -> None:
        """Say which choice is correct, and what belongs to each."""
        for ident in idents:
            _compared(self._condition("Yes"), "varequal", ident)
            self._shows(f"{ident}_fb")
        _compared(self._condition("No"), "varequal", right)
        self._correct()

    def feedback(self, ident: str, says: Inline) -> None:
        """Add what is said."""
        feedback = ElementTree.SubElement(self.item, "itemfeedback", {"ident": ident})
        _material(ElementTree.SubElement(feedback, "flow_mat"), as_html(says, equation_image))

    def _condition(self, goes_on: str) -> ElementTree.Element:
        if self.processing is None:
            self.processing = ElementTree.SubElement(self.item, "resprocessing")
            outcomes = ElementTree.SubElement(self.processing, "outcomes")
            bounds = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
            ElementTree.SubElement(outcomes, "decvar", bounds)
        self.condition = ElementTree.SubElement(self.processing, "respcondition", {"continue": goes_on})
        return ElementTree.SubElement(self.condition, "conditionvar")

    def _correct(self) -> None:
        ElementTree.SubElement(self.condition, "setvar", {"action": "Set", "varname": "SCORE"}).text = "100"

    def _otherwise(self) -> None:
        ElementTree.SubElement(self._condition("Yes"), "other")
        self._shows("general_incorrect_fb")

    def _shows(self, ident: str) -> None:
        ElementTree.SubElement(self.condition, "displayfeedback", {"feedbacktype": "Response", "linkrefid": ident})


def _compared(parent: ElementTree.Element, how: str, value: str) -> None:
    ElementTree.SubElement(parent, how, {"respident": "response1"}).text = value


def _fields(parent: ElementTree.Element, fields: Iterable[tuple[str, str]]) -> None:
    metadata = ElementTree.SubElement(parent, "qtimetadata")
    for label, entry in fields:
        field = ElementTree.SubElement(metadata, "qtimetadatafield")
        ElementTree.SubElement(field, "fieldlabel").text = label
        ElementTree.SubElement(field, "fieldentry").text = entry


def _material(parent: ElementTree.Element, text: str) -> None:
    material = ElementTree.SubElement(parent, "material")
    ElementTree.SubElement(material, "mattext", {"texttype": "text/html"}).text = text


def _manifest(idents: Sequence[str]) -> bytes:
    """Return the file that lists what the archive holds."""
    spaces = {"xmlns": _PACKAGE, "xmlns:imsmd": _LOM, "identifier": _ident("manifest", *idents)}
    root = ElementTree.Element("manifest", spaces)
    metadata = ElementTree.SubElement(root, "metadata")
    ElementTree.SubElement(metadata, "schema").text = "IMS Content"
    ElementTree.SubElement(metadata, "schemaversion").text = "1.1.3"
    ElementTree.SubElement(root, "organizations")
    resources = ElementTree.SubElement(root, "resources")
    for ident in idents:
        settings = _ident("settings", ident)
        quiz = ElementTree.SubElement(resources, "resource", {"identifier": ident, "type": _LOADED["quiz"]})
        ElementTree.SubElement(quiz, "file", {"href": f"{ident}/{ident}.xml"})
        ElementTree.SubElement(quiz, "dependency", {"identifierref": settings})
        href = f"{ident}/assessment_meta.xml"
        kind = {"identifier": settings, "type": _LOADED["resource"], "href": href}
        ElementTree.SubElement(ElementTree.SubElement(resources, "resource", kind), "file", {"href": href})
    return _written(root)


def _float(number: Fraction) -> str:
    return f"{float(number):.4g}"


def _written(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root, " ")
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"

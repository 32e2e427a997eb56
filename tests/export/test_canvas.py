"""The archive for Canvas, read back as QTI 1.2 and graded as Canvas does."""

import io
import re
import urllib.parse
import zipfile
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from symnet.export.canvas import canvas

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
PACKAGE = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"


@pytest.fixture(scope="module")
def quiz(exercise):
    """The files of an archive by their paths, as trees."""
    return opened(canvas([exercise.exported]))


def opened(content):
    """Return the files of an archive by their paths, as trees."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}  # noqa: S314


def items(files):
    """Return the questions of the one quiz of an archive, each with its kind."""
    (path,) = (name for name, root in files.items() if root.tag == f"{QTI}questestinterop")
    for item in files[path].iter(f"{QTI}item"):
        fields = {
            field.findtext(f"{QTI}fieldlabel"): field.findtext(f"{QTI}fieldentry")
            for field in item.iter(f"{QTI}qtimetadatafield")
        }
        yield item, fields


def accepts(item, typed):
    """Return whether a numerical question of Canvas takes a number: that is what any of its conditions holds.

    A condition is a number with a margin, which Canvas takes from the ends beside it, or a range; ends are included.
    """
    for condition in item.iter(f"{QTI}respcondition"):
        if condition.findtext(f"{QTI}setvar") == "100":
            low, high = (Fraction(next(condition.iter(f"{QTI}{end}")).text) for end in ("vargte", "varlte"))
            exact = condition.find(f".//{QTI}varequal")
            assert exact is None or Fraction(exact.text) - low == high - Fraction(exact.text) > 0
            if low <= Fraction(typed) <= high:
                return True
    return False


def test_canvas_and_check_agree(exercise, quiz):
    """Each right answer, numbers around it, and each mistake are accepted where `symnet check` accepts them."""
    found = {item.get("title"): item for item, fields in items(quiz) if fields["question_type"] == "numerical_question"}
    assert list(found) == [item.id for item in exercise.items]
    for item, typed, _ in exercise.tried():
        assert accepts(found[item.id], typed) == exercise.is_right(item.id, typed), (item.id, typed, item.accepted)


def test_the_total_is_that_of_the_sheet(exercise, quiz):
    """The questions are worth together what the sheet is, as the settings of the quiz say too."""
    points = [Fraction(fields["points_possible"]) for _item, fields in items(quiz)]
    total = sum(item.marks for item in exercise.items)
    (settings,) = (root for root in quiz.values() if root.tag.endswith("}quiz"))
    assert sum(points) == total == Fraction(settings.findtext("{*}points_possible"))


def test_a_choice_is_the_mistake_that_was_made(exercise, quiz):
    """Of the choices of "what went wrong here?" the one that marking tells of the number is correct, and no other."""
    by_title = {f"{item.id} ?": item for item in exercise.items}
    asked = 0
    for found, fields in items(quiz):
        if fields["question_type"] == "multiple_choice_question":
            labels = [label.get("ident") for label in found.iter(f"{QTI}response_label")]
            right = [one for one in found.iter(f"{QTI}respcondition") if one.findtext(f"{QTI}setvar") == "100"]
            (correct,) = (one.findtext(f"{QTI}conditionvar/{QTI}varequal") for one in right)
            mistake = by_title[found.get("title")].mistakes[0]
            assert mistake.band.value in found.findtext(f"{QTI}presentation/{QTI}material/{QTI}mattext")
            assert len(labels) == len(set(labels)) >= 3
            chosen = labels.index(correct)
            texts = [next(one.iter(f"{QTI}mattext")).text for one in found.iter(f"{QTI}response_label")]
            plain = "".join(part for part in mistake.says if isinstance(part, str)).split(" ")[0]
            assert texts[chosen].startswith(plain)
            asked += 1
    assert asked >= 2


def test_what_is_cited_is_there(quiz):
    """Files, resources and feedback that are referred to exist, once each; questions have their parts in order."""
    manifest = quiz["imsmanifest.xml"]
    resources = {one.get("identifier") for one in manifest.iter(f"{PACKAGE}resource")}
    assert {one.get("identifierref") for one in manifest.iter(f"{PACKAGE}dependency")} <= resources
    assert {one.get("href") for one in manifest.iter(f"{PACKAGE}file")} == quiz.keys() - {"imsmanifest.xml"}
    idents = [item.get("ident") for item, _ in items(quiz)]
    assert len(set(idents)) == len(idents)
    for item, _ in items(quiz):
        parts = [part.tag.removeprefix(QTI) for part in item]
        assert parts[:3] == ["itemmetadata", "presentation", "resprocessing"]
        assert set(parts[3:]) == {"itemfeedback"}
        cited = {one.get("linkrefid") for one in item.iter(f"{QTI}displayfeedback")}
        assert cited <= {one.get("ident") for one in item.iter(f"{QTI}itemfeedback")}


def test_formulas_are_images_with_their_latex(quiz):
    """Each formula is an equation image of Canvas, whose address says the same LaTeX as the image does."""
    seen = 0
    for item, _ in items(quiz):
        for text in item.iter(f"{QTI}mattext"):
            closed = re.sub("<(br|img)([^>]*)>", r"<\1\2/>", text.text)
            page = ElementTree.fromstring(f"<p>{closed}</p>")  # noqa: S314
            for image in page.iter("img"):
                address = urllib.parse.urlparse(image.get("src")).path.removeprefix("/equation_images/")
                latex = urllib.parse.unquote(urllib.parse.unquote(address))
                assert image.get("class") == "equation_image"
                assert latex == image.get("data-equation-content") == image.get("title")
                seen += 1
    assert seen > 20


def test_the_same_exercise_makes_the_same_bytes(exercise):
    """An archive depends on the exercise alone, not on the time at which it is made."""
    content = canvas([exercise.exported])
    assert content == canvas([exercise.exported])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_title_is_text_and_no_path(hostile):
    """A hostile title names no file and is no markup in what is shown."""
    files = opened(canvas([hostile]))
    assert all(re.fullmatch(r"(symnet_quiz_[0-9a-f]{32}/)?[a-z0-9_]+\.xml", name) for name in files)
    for item, _ in items(files):
        assert "<script>" not in item.findtext(f"{QTI}presentation/{QTI}material/{QTI}mattext")

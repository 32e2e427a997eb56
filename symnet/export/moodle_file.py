"""A file that Moodle imports as XML: categories and questions, whatever their type."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from symnet.export.markup import printed


class MoodleFile:
    """A file while it is being written."""

    def __init__(self) -> None:
        self.quiz = ElementTree.Element("quiz")

    def category(self, name: str) -> None:
        """Begin a category.

        Args:
            name: What it is called.
        """
        # A slash would begin a category below it.
        path = f"$course$/top/{printed(name).replace('/', '//')}"
        text_in(add(add(self.quiz, "question", type="category"), "category"), path)

    def question(self, kind: str, name: str, text: str) -> ElementTree.Element:
        """Add a question and return it.

        Args:
            kind: Its type.
            name: What it is called.
            text: Its text as HTML.
        """
        found = add(self.quiz, "question", type=kind)
        text_in(add(found, "name"), printed(name))
        text_in(add(found, "questiontext", format="html"), text)
        return found

    def content(self) -> bytes:
        """Return the content of the file."""
        ElementTree.indent(self.quiz, " ")
        content: bytes = ElementTree.tostring(self.quiz, encoding="utf-8", xml_declaration=True)
        return content + b"\n"


def add(parent: ElementTree.Element, tag: str, /, **attributes: str) -> ElementTree.Element:
    """Add an element and return it."""
    return ElementTree.SubElement(parent, tag, attributes)


def add_all(parent: ElementTree.Element, children: Mapping[str, str]) -> None:
    """Add an element for each name, with its content."""
    for tag, content in children.items():
        add(parent, tag).text = content


def text_in(parent: ElementTree.Element, content: str) -> None:
    """Add the element that holds a text in Moodle's files."""
    add(parent, "text").text = content

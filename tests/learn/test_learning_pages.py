"""Solutions as pages to learn with, in a browser with their own policy: covered lines, lights, numbers that follow."""

import json
import re

import pytest
import yaml
from browser import worked_on
from exercises import solved

import symnet
from symnet.render.learning import script, script_hash

SET = """
const set = (name, value) => {
  const input = doc.querySelector(`[data-set="${name}"]`);
  input.value = value;
  input.dispatchEvent(new win.Event("input", {bubbles: true}));
};
"""
SHOWN = 'const shown = () => [...doc.querySelectorAll("main [data-at]")].map(it => [it.dataset.at, it.textContent]);'


@pytest.fixture(scope="module")
def page(examples):
    """C1 as a page to learn with."""
    return solved(examples["C1"]).html(interactive=True)


def test_a_page_has_one_script_and_allows_no_other(page):
    """The page's policy names its script by its hash, and no address; the data cannot end their element."""
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert f"script-src '{script_hash()}';" in policy
    assert "default-src 'none'" in policy
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts == [script()]
    assert page.count("<script") == page.count("</script") == 2
    assert not re.search(r"\beval\b|new Function|https?://(?!www\.w3\.org)", script())


def test_without_a_script_all_is_shown(page, tmp_path):
    """Where no script runs, every line stands there and no tool does."""
    found = worked_on(
        page,
        tmp_path,
        """const all = selector => [...doc.querySelectorAll(selector)];
        return {
          hidden: all("main math").filter(it => win.getComputedStyle(it).visibility !== "visible").length,
          tools: all("#learn-bar, #learn-drawer, .uncover").filter(it => it.getBoundingClientRect().height).length,
        };""",
        script=False,
    )
    assert found == {"hidden": 0, "tools": 0}


def test_lines_are_uncovered_and_symbols_lit(page, tmp_path):
    """Lines come one by one, by section and all, by buttons and keys, a hint first; what is pointed at is lit."""
    found = worked_on(
        page,
        tmp_path,
        """
        const covered = () => doc.querySelectorAll(".covered").length;
        const press = key => doc.body.dispatchEvent(new win.KeyboardEvent("keydown", {key, bubbles: true}));
        const found = {all: covered()};
        doc.querySelector("[data-action=next]").click();
        found.next = found.all - covered();
        press("n");
        found.key = found.all - covered();
        doc.querySelector(".covered .uncover").click();
        found.touched = found.all - covered();
        press("s");
        found.section = found.all - covered();
        press("h");
        found.hint = doc.querySelectorAll(".hinted").length;
        press("a");
        found.none = covered();
        press("c");
        found.again = covered();
        doc.querySelector("[data-action=hints]").click();
        const reasons = [...doc.querySelectorAll(".hinted .reason")];
        found.hints = reasons.length > 3 && reasons.every(it => win.getComputedStyle(it).visibility === "visible");
        const letter = doc.querySelector('main .label [data-of="w1_1_2"]');
        letter.dispatchEvent(new win.PointerEvent("pointerover", {bubbles: true}));
        found.lit = [...doc.querySelectorAll(".lit")].map(it => it.dataset.symbol || it.dataset.of);
        found.shapes = doc.querySelectorAll("svg .lit").length > doc.querySelectorAll("svg .symbol.lit").length;
        found.path = [...doc.querySelectorAll("svg circle.on-path")].map(it => it.dataset.of);
        found.table = [...doc.querySelectorAll("td .lit-alike")].length;
        letter.dispatchEvent(new win.PointerEvent("click", {bubbles: true}));
        const drawer = doc.getElementById("learn-drawer");
        found.panel = drawer.querySelector("[data-derivation] .result") !== null && !drawer.hidden;
        press("Escape");
        found.closed = drawer.hidden;
        doc.querySelector('[data-quantity="delta1_1"]').dispatchEvent(new win.FocusEvent("focus"));
        found.focus = doc.querySelectorAll('main [data-symbol="delta1_1"].lit').length > 0;
        return found;
        """,
    )
    assert found["all"] > 50
    assert (found["next"], found["key"], found["touched"]) == (1, 2, 3)
    assert found["section"] > 3
    assert found["hint"] == 1
    assert (found["none"], found["again"]) == (0, found["all"])
    assert set(found["lit"]) == {"w1_1_2"}
    assert len(found["lit"]) > 5
    assert found["path"] == ["a1_1", "a2_1", "a2_2", "a2_3"]
    assert found["table"] > 0
    assert all(found[name] for name in ("hints", "shapes", "panel", "closed", "focus"))


@pytest.mark.campaign
def test_names_of_whole_arrays_are_lit(examples, tmp_path):
    """A whole array is lit in the formulas and the drawing with what follows from it, and opens a derivation of it."""
    found = worked_on(
        solved(examples["attention"]).html(interactive=True),
        tmp_path,
        """
        const all = selector => [...doc.querySelectorAll(selector)];
        const of = selector => all(selector).map(it => it.dataset.symbol || it.dataset.of);
        const [letter] = all('main .lines mi[data-of="A"]'), letters = all("main mi");
        letter.dispatchEvent(new win.PointerEvent("pointerover", {bubbles: true}));
        const found = {lit: of("main .lit"), path: of("svg .on-path")};
        letter.dispatchEvent(new win.PointerEvent("click", {bubbles: true}));
        found.opened = all("[data-derivation] .result").length;
        const names = letters.filter(it => "QKVYAO".includes(it.textContent));
        found.dark = names.filter(it => !it.closest("[data-symbol]")).length;
        all('[data-quantity="A_1_2"]')[0].dispatchEvent(new win.FocusEvent("focus"));
        found.entry = all('main [data-symbol="A"].lit-alike').length;
        return found;
        """,
    )
    assert set(found["lit"]) == {"A"}
    assert len(found["lit"]) > 10
    assert set(found["path"]) == {"A O", "O", "O L", "L"}
    assert found["opened"] == 1
    assert found["dark"] == 0
    assert found["entry"] > 10


def test_steps_of_time_are_lit_together(examples):
    """On a page about steps of time each letter of a node is of that node at some step, or at every one."""
    page = solved(examples["rnn"]).html(interactive=True)
    quantities = json.loads(re.search(r'id="symnet-data">(.*?)</script>', page, re.DOTALL)[1])["quantities"]
    assert quantities["h"]["entries"] == ["h_0", "h_1", "h_2", "h_3"]
    assert quantities["h_1"]["entries"] == ["h_1_1", "h_1_2"]
    letters = re.findall(r"<mi([^>]*)>([hzuwUbv])</mi>", page.partition("<main")[2].partition("</main>")[0])
    assert len(letters) > 50
    assert all(re.search(r'data-of="([^"]*)"', of)[1] in quantities for of, _letter in letters)


def test_every_number_of_a_page_follows(examples, tmp_path):
    """With an input, a weight and the rate changed, the page shows what the page of such a description does."""
    work = solved(examples["cs349-slides"])
    found = worked_on(
        work.html(interactive=True),
        tmp_path,
        f"""{SET} {SHOWN}
        const before = shown();
        set("parameter w1_1_1", "1/4"); set("value 0 x1", "0,3"); set("rate", "0.25");
        const after = shown(), loss = doc.querySelector("[data-loss]").textContent;
        set("parameter w1_1_1", "1//4");
        const wrong = doc.querySelector('[data-set="parameter w1_1_1"]').getAttribute("aria-invalid");
        doc.querySelector("[data-steps='1']").click();
        const made = doc.querySelector("[data-said]").textContent;
        doc.querySelector("[data-reset]").click();
        return {{before, after, loss, wrong, made, again: shown()}};""",
    )
    assert found["again"] == found["before"]
    assert found["wrong"] == "true"
    assert found["made"].startswith("Steps made: 1. Loss: 1.")
    other = symnet.solve(_changed(examples["cs349-slides"]))
    right = dict(worked_on(other.html(interactive=True), tmp_path, f"{SHOWN} return shown();"))
    after = dict(found["after"])
    same = [place for place in after if place in right]
    assert len(same) > 50
    changed = dict(found["before"])
    assert sum(after[place] != changed[place] for place in same) > 30
    assert [(place, after[place]) for place in same if plain(after[place]) != plain(right[place])] == []


def plain(text):
    """Return a number without the brackets that its neighbours may ask for."""
    return text.strip("()")


def _changed(path):
    """Return the description of an example with another weight, input and rate."""
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    described["parameters"][0]["weights_from_to"][0][0] = 0.25
    described["data"]["inputs"][0][0] = 0.3
    described["training"]["learning_rate"] = 0.25
    return described

"""Chooses a variant and grades its numbers; all that it knows stands in the table, which symnet has written."""

import json
from fractions import Fraction

VARIANTS = json.loads(TABLE_OF_VARIANTS)


def generate(data):
    """Choose the variant by the seed, and say what is shown and what is correct."""
    variant = VARIANTS[int(data["variant_seed"]) % len(VARIANTS)]
    data["params"].update(variant)
    for question in variant["questions"]:
        data["correct_answers"][question["name"]] = float(question["accepted"][0]["value"])


def judge(question, typed, incorrect):
    """Return the score of a number and what is said of it: the first that holds it decides, ends included."""
    number = Fraction(str(typed))
    for score, bands in ((1, question["accepted"]), (0, question["mistakes"])):
        for band in bands:
            if abs(number - Fraction(band["value"])) <= Fraction(band["tolerance"]):
                return score, band["says"]
    return 0, incorrect


def grade(data):
    """Grade every number that was typed; what is none was refused before."""
    told, earned, total = [], Fraction(0), Fraction(0)
    for question in data["params"]["questions"]:
        name, marks = question["name"], Fraction(question["marks"])
        score, says = 0, ""
        typed = data["submitted_answers"].get(name)
        if typed is not None and name not in data["format_errors"]:
            score, says = judge(question, typed, data["params"]["incorrect"])
            told.append({"asked": question["asked"], "says": says})
        data["partial_scores"][name] = {"score": score, "weight": float(marks), "feedback": says}
        earned, total = earned + score * marks, total + marks
    data["feedback"]["answers"] = told
    data["score"] = float(earned / total) if total else 0.0


def test(data):
    """Type what the kind of test asks for, and say what has to come of it."""
    if data["test_type"] == "invalid":
        return
    right = data["test_type"] == "correct"
    for question in data["params"]["questions"]:
        name = question["name"]
        typed = question["accepted"][0]["value"]
        if not right:
            wrong = [band["value"] for band in question["mistakes"]]
            typed = wrong[0] if wrong else str(1000 + 2 * abs(float(typed)))
        score, says = judge(question, typed, data["params"]["incorrect"])
        weight = float(Fraction(question["marks"]))
        data["raw_submitted_answers"][name] = typed
        data["partial_scores"][name] = {"score": score, "weight": weight, "feedback": says}
    data["score"] = 1.0 if right else 0.0

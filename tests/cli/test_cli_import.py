"""`symnet import`: what it writes and where, and how it ends."""

import sys

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.description.load import load


def run(*arguments):
    """Return what the command came to."""
    return CliRunner().invoke(cli, ["import", *map(str, arguments)])


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model in a folder of its own: one dense layer with a sigmoid."""
    onnx = pytest.importorskip("onnx", reason="models in ONNX are read")
    monkeypatch.chdir(tmp_path)
    kind = onnx.TensorProto.FLOAT
    helper = onnx.helper
    nodes = [helper.make_node("Gemm", ["x", "w"], ["z"], transB=1), helper.make_node("Sigmoid", ["z"], ["a"])]
    arrays = [helper.make_tensor("w", kind, [1, 2], [0.1, -0.5])]
    ends = [helper.make_tensor_value_info(name, kind, ["N", size]) for name, size in (("x", 2), ("a", 1))]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], arrays)
    path = tmp_path / "model.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]).SerializeToString())
    return path


def test_a_model_becomes_a_description(model, tmp_path):
    """It is written beside the schema, with a loss that fits, and is not overwritten without being asked to."""
    first = run(model)
    assert first.exit_code == 0
    assert first.output == "wrote model.yaml; now try: symnet solve model.yaml\n"
    assert {path.name for path in tmp_path.iterdir()} == {"model.onnx", "model.yaml", "symnet.schema.json"}
    assert load(tmp_path / "model.yaml").loss[0].kind == "binary_cross_entropy"
    assert run(model).exit_code == 2
    assert "--force" in run(model).output
    assert run(model, "--force", "-q").output == ""


def test_options_of_an_import(model, tmp_path):
    """Loss, data, rounding and title are those that are asked for; - prints it."""
    samples = tmp_path / "samples.yaml"
    samples.write_text("inputs: [[1, 1/3]]\ntargets: [[0.5]]\n", encoding="utf-8")
    options = ("--loss", "squared_error", "--data", samples, "--decimals", 1, "--title", "Mine: one", "-o", "-")
    printed = run(model, *options).output
    assert 'title: "Mine: one"' in printed
    assert "loss: squared_error" in printed
    assert "  inputs: [[1, 0.3]]\n  targets: [[0.5]]" in printed
    assert "weights: [[0.1, -0.5]]" in printed


def test_what_is_wrong_with_an_import_is_said(model, tmp_path, monkeypatch):
    """A pickle, a file that is not there, an unknown loss and broken data end with 2; a missing package with 3."""
    samples = tmp_path / "samples.yaml"
    samples.write_text("inputs: [[1, x]]\n", encoding="utf-8")
    for arguments, text in (
        (["model.pkl"], "Loading a pickle runs what is in it"),
        (["absent.onnx"], "absent.onnx: found no file of this name; expected one that is there"),
        ([model, "--loss", "squared_eror"], 'Did you mean "squared_error"?'),
        ([model, "--data", samples], 'data, inputs: found "x" at [1][2]'),
        ([model, "--data", tmp_path / "absent"], "absent: found No such file or directory"),
        ([model, "--decimals", -1], "--decimals"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert text in result.output
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run(model).exit_code == 3
    assert "pip install 'symnet[onnx]'" in run(model).output
    assert run(samples).exit_code == 2
    assert "found a file that ends in .yaml; expected a model in ONNX" in run(samples).output

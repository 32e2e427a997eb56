"""Models in ONNX: made by its own helper, read within limits, with derivatives against torch's own."""

import os
import sys

import pytest
from importing import assert_near, by_id, found

from symnet.errors import ModelError
from symnet.importing.describe import describe
from symnet.importing.model_files import REFUSED
from symnet.limits import MOST_MODEL_BYTES

onnx = pytest.importorskip("onnx", reason="models in ONNX are read")


def tensor(name, numbers, kind=None):
    """Return an array of a model, of 64 bits unless it says otherwise."""
    import numpy as np

    array = np.array(numbers.tolist() if hasattr(numbers, "tolist") else numbers, dtype=kind or np.float64)
    return onnx.numpy_helper.from_array(array, name)


def model_of(nodes, arrays, shape, output="out"):
    """Return a model of nodes, each a type, its inputs, its output and attributes, over samples of a shape."""
    made = [
        onnx.helper.make_node(kind, inputs.split(" "), outputs.split(" "), name=f"n{at}", **attributes)
        for at, (kind, inputs, outputs, attributes) in enumerate(nodes)
    ]
    double = onnx.TensorProto.DOUBLE
    inputs = [onnx.helper.make_tensor_value_info("x", double, shape)]
    outputs = [onnx.helper.make_tensor_value_info(output, double, None)]
    graph = onnx.helper.make_graph(made, "graph", inputs, outputs, [tensor(*one) for one in arrays])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)])


@pytest.fixture
def saved(tmp_path):
    """Return what writes a model to a file, and returns the path of it."""

    def save(*args, **options):
        path = tmp_path / "model.onnx"
        path.write_bytes(model_of(*args, **options).SerializeToString())
        return path

    return save


@pytest.fixture(scope="session")
def torch():
    """Return torch, with which derivatives are compared."""
    return pytest.importorskip("torch")


def numbers(torch, *shape):
    """Return numbers that are rounded, so that they are the same in decimals, and that have a gradient."""
    return (torch.randn(*shape, dtype=torch.float64) * 1000).round().div(1000).requires_grad_()


def dense(torch, x):
    """Return products, sums and activations of each kind that is written in one operator or in two."""
    functional = torch.nn.functional
    w, b, v, u = numbers(torch, 3, 2), numbers(torch, 3), numbers(torch, 3, 2), numbers(torch, 2)
    hidden = functional.silu(functional.linear(x, w, b))
    outputs = torch.clamp(hidden @ v + u, -1, 0.5) * 2
    nodes = [
        ("Gemm", "x w b", "a", {"transB": 1}),
        *(("Sigmoid", "a", "s", {}), ("Mul", "a s", "h", {})),
        *(("MatMul", "h v", "m", {}), ("Add", "m u", "c", {})),
        ("Clip", "c least most", "k", {}),
        ("Mul", "two k", "out", {}),
    ]
    arrays = [("w", w), ("b", b), ("v", v), ("u", u), ("least", -1.0), ("most", 0.5), ("two", 2.0)]
    return nodes, arrays, outputs, {"w1": (w, None), "b1": (b, None), "w2": (v, "T"), "b2": (u, None)}


def joined(torch, x):
    """Return a residual sum, and two layers side by side."""
    functional = torch.nn.functional
    w, b, v = numbers(torch, 2, 2), numbers(torch, 2), numbers(torch, 1, 4)
    hidden = torch.tanh(functional.linear(x, w, b))
    outputs = functional.linear(torch.cat([hidden + x, hidden], dim=1), v)
    nodes = [
        *(("Gemm", "x w b", "a", {"transB": 1}), ("Tanh", "a", "h", {}), ("Add", "h x", "r", {})),
        *(("Concat", "r h", "c", {"axis": 1}), ("Gemm", "c v", "out", {"transB": 1})),
    ]
    arrays = [("w", w), ("b", b), ("v", v)]
    return nodes, arrays, outputs, {"w1": (w, None), "b1": (b, None), "w4": (v, None)}


def convolved(torch, x):
    """Return a convolution with padding, pooling, and a dense layer over the flattened maps."""
    functional = torch.nn.functional
    k, b, w, c = numbers(torch, 2, 2, 3, 2), numbers(torch, 2), numbers(torch, 1, 4), numbers(torch, 1)
    maps = functional.relu(functional.conv2d(x, k, b, stride=(1, 2), padding=(1, 0)))
    outputs = functional.linear(functional.max_pool2d(maps, (2, 1)).flatten(1), w, c)
    nodes = [
        ("Conv", "x k b", "m", {"strides": [1, 2], "pads": [1, 0, 1, 0]}),
        *(("Relu", "m", "r", {}), ("MaxPool", "r", "p", {"kernel_shape": [2, 1], "strides": [2, 1]})),
        *(("Reshape", "p shape", "f", {}), ("Gemm", "f w c", "out", {"transB": 1})),
    ]
    arrays = [("k", k), ("b", b), ("w", w), ("c", c), ("shape", [-1, 4], "int64")]
    return nodes, arrays, outputs, {"k1": (k, None), "b1": (b, None), "w4": (w, None), "b4": (c, None)}


SHAPES = {"dense": (2, 2), "joined": (2, 2), "convolved": (1, 2, 2, 5)}


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize("make", [dense, joined, convolved], ids=lambda make: make.__name__)
def test_derivatives_of_a_graph_are_those_of_torch(torch, saved, make):
    """A graph of operators is described with its numbers, and symnet's derivatives are those of torch's backward."""
    torch.manual_seed(3)
    x = numbers(torch, *SHAPES[make.__name__]).detach()
    nodes, arrays, outputs, places = make(torch, x)
    targets = numbers(torch, *outputs.shape).detach()
    ((outputs - targets) ** 2).mean().backward()
    path = saved(nodes, arrays, ["N", *x.shape[1:]])
    theirs = {}
    for letters, (array, turned) in places.items():
        theirs |= by_id(letters, array.grad.T if turned else array.grad)
    assert_near(found(path, "mean_squared_error", (x, targets)), theirs)


def recurrent_model(torch, kind, rows):
    """Return a recurrent module of torch with a dense layer behind it, and the same as a graph.

    Args:
        torch: PyTorch.
        kind: The type of the module, which is that of the operator too.
        rows: The gates of torch in the order in which ONNX has them.
    """
    units = 2
    module = getattr(torch.nn, kind)(1, units).double()
    last = torch.nn.Linear(units, 1).double()

    def ordered(array):
        parts = array.detach().split(units)
        return torch.cat([parts[row] for row in rows])

    biases = torch.cat([ordered(module.bias_ih_l0), ordered(module.bias_hh_l0)])
    arrays = [
        *(("W", ordered(module.weight_ih_l0)[None]), ("R", ordered(module.weight_hh_l0)[None]), ("B", biases[None])),
        *(("axes", [1], "int64"), ("V", last.weight.T), ("c", last.bias)),
    ]
    extra = {"linear_before_reset": 1} if kind == "GRU" else {}
    nodes = [
        (kind, "x W R B", "Y", {"hidden_size": units, **extra}),
        *(("Squeeze", "Y axes", "s", {}), ("MatMul", "s V", "m", {}), ("Add", "m c", "out", {})),
    ]
    return module, last, nodes, arrays


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize(("kind", "rows"), [("RNN", [0]), ("LSTM", [0, 3, 1, 2]), ("GRU", [1, 0, 2])])
def test_recurrent_operators_are_those_of_torch(torch, saved, kind, rows):
    """A graph with a recurrent operator becomes the very parameters of torch's module with the same numbers."""
    torch.manual_seed(2)
    module, last, nodes, arrays = recurrent_model(torch, kind, rows)
    data = numbers(torch, 2, 1, 1).detach(), numbers(torch, 2, 1, 1).detach()
    sequential = torch.nn.Sequential(module, last)
    ours = describe(saved(nodes, arrays, [2, "N", 1]), "squared_error", data)
    theirs = describe(sequential, "squared_error", data)
    for key in ("inputs", "layers", "data", "parameters"):
        assert ours[key] == theirs[key], key


def test_a_normalization_is_described_with_what_it_has_stored(saved):
    """Batch normalization in evaluation has its stored mean and variance, layer normalization none."""
    four = [("g", [1.0, 2.0]), ("b", [0.5, 0.0]), ("m", [0.25, -1.0]), ("v", [1.0, 4.0])]
    two = [("G", [1.0, 2.0]), ("B", [0.5, 0.0])]
    nodes = [
        *(("BatchNormalization", "x g b m v", "n", {"epsilon": 0.125}), ("Relu", "n", "r", {})),
        ("LayerNormalization", "r G B", "out", {"axis": -1}),
    ]
    layers = describe(saved(nodes, [*four, *two], ["N", 2]))["layers"]
    assert [layer["normalization"]["kind"] for layer in layers] == ["batch", "layer"]
    assert layers[0]["normalization"]["variance"] == [1, 4]
    assert layers[0]["activation"] == "relu"


def test_an_embedding_is_a_gathering_of_rows(saved):
    """A table from which rows are gathered is an embedding, whose entries a description counts from 1."""
    nodes = [("Gather", "w x", "e", {}), ("Flatten", "e", "f", {}), ("Gemm", "f v", "out", {})]
    arrays = [("w", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), ("v", [[1.0]] * 4)]
    described = describe(saved(nodes, arrays, ["N", 2]), data=([[0, 2]], [[1]]))
    assert described["data"]["inputs"] == [[1, 3]]
    assert described["layers"][0]["embedding"] == {"entries": 3, "size": 2}


def refused(*args, **options):
    """Return the places of all problems of a model."""
    with pytest.raises(ModelError) as error:
        describe(*args, **options)
    return {problem.where: problem.found for problem in error.value.problems}


def test_all_operators_out_of_reach_are_named(saved):
    """Each operator that cannot be read is named with its place, and so are settings, but for those of what follows."""
    nodes = [
        *(("Gemm", "x w", "a", {"transA": 1}), ("Tanh", "a", "t", {})),
        *(("Gemm", "x w", "c", {}), ("Conv", "c k", "d", {"group": 2}), ("Einsum", "c t", "e", {"equation": "a"})),
        *(("LSTM", "c k k", "f", {"hidden_size": 1}), ("Add", "d f", "g", {}), ("Sum", "g e c", "out", {})),
    ]
    arrays = [("w", [[1.0, 2.0], [3.0, 4.0]]), ("k", [[[1.0]]])]
    assert refused(saved(nodes, arrays, ["N", 2])) == {
        'layer 1 ("n0", Gemm)': "transA = 1",
        'layer 4 ("n3", Conv)': "group = 2",
        'layer 5 ("n4", Einsum)': "the operator Einsum",
        'layer 6 ("n5", LSTM)': "the axes of samples that are no sequences",
        'layer 8 ("n7", Sum)': "the operator Sum",
    }
    single = [("Einsum", "x", "e", {"equation": "a"}), ("Frobnicate", "x", "f", {}), ("Add", "e f", "out", {})]
    assert refused(saved(single, [], ["N", 2])) == {
        'layer 1 ("n0", Einsum)': "the operator Einsum",
        'layer 2 ("n1", Frobnicate)': "the operator Frobnicate",
    }


@pytest.mark.parametrize("ending", sorted(REFUSED))
def test_files_that_may_hold_code_are_not_opened(tmp_path, ending):
    """A pickle and the like is refused by its name alone, with what to do instead."""
    path = tmp_path / f"model{ending.upper()}"
    with pytest.raises(ModelError, match=r"symnet\.describe"):
        describe(path)


@pytest.mark.parametrize("name", ["net.yaml", "model.ONNX.txt", "model"])
def test_what_is_called_otherwise_is_no_model(tmp_path, monkeypatch, name):
    """What does not end as a model does is told so first, whether it is there and whether onnx is installed or not."""
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert refused(tmp_path / name)[""] in (
        "a file that ends in .yaml",
        "a file that ends in .txt",
        "a name without an ending",
    )
    (tmp_path / name).write_text("inputs: 1\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"a file that ends in \.onnx"):
        describe(tmp_path / name)


@pytest.mark.parametrize("content", [b"\x80\x02cos\nsystem\n", b"PK\x03\x04archive", b"\x89HDF\r\n", b"\x93NUMPY"])
def test_files_that_may_hold_code_are_told_by_their_beginning(tmp_path, content):
    """So is one that is called a model in ONNX."""
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert refused(path) == {"": "a pickle, an archive or a file of arrays"}


def test_only_plain_files_of_a_size_are_read(tmp_path):
    """A file that is not there, a pipe, a folder and one of a terabyte are refused, and none is waited for or read."""
    pipe, folder, large = tmp_path / "pipe.onnx", tmp_path / "folder.onnx", tmp_path / "large.onnx"
    os.mkfifo(pipe)
    folder.mkdir()
    with large.open("wb") as file:
        file.truncate(2**40)
    assert refused(pipe) == {"": "no plain file"}
    assert refused(large) == {"": f"{2**40:,} bytes"}
    assert list(refused(folder).values()) in (["Is a directory"], ["no plain file"])
    assert refused(tmp_path / "absent.onnx") == {"": "no file of this name"}
    assert MOST_MODEL_BYTES < 2**30


def changed(change, nodes=(("Gemm", "x w", "out", {}),), arrays=(("w", [[1.0, 2.0]]),), shape=("N", 1)):
    """Return a model that something was done to, as bytes."""
    model = model_of(nodes, arrays, list(shape))
    change(model.graph)
    return model.SerializeToString()


def _external(graph):
    graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    entry = graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"


def _huge(graph):
    del graph.initializer[0].dims[:]
    graph.initializer[0].dims.extend([2**31, 2**31])


def _longer(graph):
    graph.initializer[0].raw_data = graph.initializer[0].raw_data * 100


def _unpacked(graph):
    graph.initializer[0].ClearField("raw_data")
    del graph.initializer[0].dims[:]
    graph.initializer[0].dims.extend([300, 300])


def _negative(graph):
    graph.initializer[0].dims[0] = -1


def _words(graph):
    graph.initializer[0].data_type = onnx.TensorProto.STRING


def _wide(graph):
    graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**40


def _cyclic(graph):
    graph.node[0].input[0] = "out"


def _strange(graph):
    graph.node[0].domain = "com.evil"
    graph.node[0].name = 'a"\n\x1b[31m: b' + "c" * 1000


def _many(graph):
    graph.node.extend([graph.node[0]] * 2000)


HOSTILE = {
    _external: "w: numbers that stand in another file",
    _huge: "w: 16 bytes for the shape [2147483648, 2147483648]",
    _longer: "w: 1,600 bytes for the shape [1, 2]",
    _unpacked: "w: numbers that do not fit their shape (",
    _negative: "w: the shape [-1, 2]",
    _words: "w: numbers of the type STRING",
    _wide: "the shape [0, 1099511627776]",
    _cyclic: '"out", which no node before it makes',
    _strange: "the operator Gemm of the domain com.evil",
    _many: "2,001 nodes",
}


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__.strip("_"))
def test_hostile_graphs_are_refused(tmp_path, change):
    """Numbers in other files, absurd shapes, cycles, strange names: each is one message on one line."""
    path = tmp_path / "model.onnx"
    path.write_bytes(changed(change))
    with pytest.raises(ModelError) as error:
        describe(path)
    (problem,) = error.value.problems
    assert problem.found.startswith(HOSTILE[change])
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 3000


@pytest.mark.parametrize(
    ("node", "shape", "found"),
    [
        (("Gemm", "x w", "out", {"alpha": float("nan")}), ["N", 1], "the attribute alpha = nan"),
        (("Elu", "x", "out", {"alpha": float("inf")}), ["N", 1], "the attribute alpha = inf"),
        (("Elu", "x", "out", {"alpha": "evil"}), ["N", 1], "the attribute alpha = evil"),
        (("Conv", "x k", "out", {"strides": [0, 0]}), ["N", 1, 3, 3], "a window of (1, 1), moved by (0, 0)"),
        (("MaxPool", "x", "out", {"kernel_shape": [0, 1]}), ["N", 1, 3, 3], "a window of (0, 1), moved by (1, 1)"),
        (("Reshape", "x huge", "out", {}), ["N", 1], "the shape [4611686018427387904, -1, 0]"),
    ],
)
def test_absurd_settings_are_refused(saved, node, shape, found):
    """Numbers that are none, windows without a size and shapes beyond all bounds are named with their place."""
    arrays = [("w", [[1.0]]), ("k", [[[[1.0]]]]), ("huge", [2**62, -1, 0], "int64")]
    assert refused(saved([node], arrays, shape)) == {f'layer 1 ("n0", {node[0]})': found}


def test_constants_are_not_turned_without_end(saved, monkeypatch):
    """Work on constants is bounded as all else is."""
    monkeypatch.setattr("symnet.importing.onnx_graphs.MOST_FOLDED_NUMBERS", 5_000)
    turns = [("Transpose", f"t{at}", f"t{at + 1}", {"perm": [1, 0]}) for at in range(60)]
    nodes = [*turns, ("MatMul", "x t60", "out", {})]
    assert list(refused(saved(nodes, [("t0", [[1.0] * 10] * 10)], ["N", 10])).values()) == [
        "numbers that are turned again and again"
    ]


def test_bytes_that_are_no_model_are_refused(tmp_path):
    """A model that is cut or changed anywhere is refused, or is another model; nothing else comes of it."""
    import random

    chance = random.Random(5)  # noqa: S311 - not cryptography
    content = changed(lambda _graph: None)
    path = tmp_path / "model.onnx"
    broken = [b"", b"junk" * 10, content[: len(content) // 2]]
    for _ in range(60):
        at = chance.randrange(len(content))
        broken.append(content[:at] + bytes((chance.randrange(256),)) + content[at + 1 :])
    refusals = set()
    for one in broken:
        path.write_bytes(one)
        try:
            describe(path)
        except ModelError as error:
            assert len(str(error)) < 5000, one
            refusals.add(one)
    assert refusals.issuperset(broken[:3])
    path.write_bytes(content)
    assert describe(path)["parameters"] == [{"weights": [[1], [2]]}]

"""Layers of torch beyond dense ones: convolutions, cells, normalization, embeddings, against torch's backward."""

import pytest
from importing import assert_near, by_id, found

from symnet.errors import ModelError
from symnet.importing.describe import describe


@pytest.fixture(scope="session")
def torch():
    """Return torch, whose models are described."""
    return pytest.importorskip("torch")


def sums(torch, count):
    """Return modules of each kind of convolution, pooling and flattening."""
    nn = torch.nn
    return {
        "image": (
            [nn.Conv2d(2, 2, (2, 3), stride=(1, 2), padding=(1, 0)), nn.ReLU(), nn.MaxPool2d((2, 1)), nn.Tanh()],
            (count, 2, 3, 5),
        ),
        "same": (
            [nn.Conv2d(1, 1, 3, padding="same", bias=False), nn.AvgPool2d(2, stride=1), nn.Sigmoid()],
            (count, 1, 3, 3),
        ),
        "adaptive": ([nn.Conv2d(1, 2, 2), nn.AdaptiveAvgPool2d(1)], (count, 1, 3, 3)),
        "line": ([nn.Conv1d(2, 2, 2, stride=2), nn.ELU(), nn.AvgPool1d(2)], (count, 2, 8)),
    }


def gradients(model, letters):
    """Return the gradients of the parameters by their ids; an axis of length 1 for channels has no index."""
    theirs = {}
    for name, parameter in model.named_parameters():
        gradient = parameter.grad
        if letters[name].startswith("k") and gradient.shape[1] == 1:
            gradient = gradient.squeeze(1)
        theirs |= by_id(letters[name], gradient)
    return theirs


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize("kind", ["image", "same", "adaptive", "line"])
def test_convolutions_are_those_of_torch(torch, kind):
    """Kernels, padding, strides and pooling mean here what they mean in torch."""
    torch.manual_seed(3)
    modules, shape = sums(torch, 1)[kind]
    x = torch.randn(*shape, dtype=torch.float64)
    body = torch.nn.Sequential(*modules, torch.nn.Flatten()).double()
    size = body(x).shape[1]
    model = torch.nn.Sequential(*body, torch.nn.Linear(size, 1)).double()
    targets = torch.ones(shape[0], 1, dtype=torch.float64)
    torch.nn.MSELoss()(model(x), targets).backward()
    last = len(list(model))
    letters = {"0.weight": "k1", "0.bias": "b1"}
    layer = len(describe(model, data=(x, targets))["layers"])
    letters |= {f"{last - 1}.weight": f"w{layer}", f"{last - 1}.bias": f"b{layer}"}
    assert_near(found(model, torch.nn.MSELoss(), (x, targets)), gradients(model, letters))


def of_cells(model, kind, units):
    """Return the gradients of a recurrent module by the ids of a description."""
    names = {"RNN": [""], "LSTM": ["i", "f", "g", "o"], "GRU": ["r", "z", "n"]}[kind]
    theirs = {}
    for at, gate in enumerate(names):
        rows = slice(at * units, (at + 1) * units)
        theirs |= by_id(f"w{gate}1", model.weight_ih_l0.grad[rows])
        theirs |= by_id(f"u{gate}1", model.weight_hh_l0.grad[rows])
        theirs |= by_id(f"b{gate}1", model.bias_ih_l0.grad[rows])
        if kind == "GRU" and gate == "n":
            theirs |= by_id("bun1", model.bias_hh_l0.grad[rows])
        else:
            assert (model.bias_ih_l0.grad[rows] - model.bias_hh_l0.grad[rows]).abs().max() < 1e-12
    return theirs


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize("at_end", [False, True], ids=["each", "end"])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_modules_are_those_of_torch(torch, kind, at_end):
    """Gates, their order and their two biases mean what they mean in torch, with targets at each step or the last."""
    torch.manual_seed(6)
    module = getattr(torch.nn, kind)(1, 2, batch_first=True).double()
    last = torch.nn.Linear(2, 1).double()
    x = torch.randn(2, 2, 1, dtype=torch.float64)
    outputs = last(module(x)[0])
    outputs = outputs[:, -1] if at_end else outputs
    targets = torch.ones_like(outputs)
    (((outputs - targets) ** 2).sum() / 2 / 2).backward()
    model = torch.nn.Sequential(module, last)
    theirs = of_cells(module, kind, 2) | by_id("w2", last.weight.grad) | by_id("b2", last.bias.grad)
    assert_near(found(model, "squared_error", (x, targets)), theirs)


def test_stacked_recurrent_layers_are_layers_each(torch):
    """A module with two layers is two layers, and one that goes both ways is refused."""
    nn = torch.nn
    described = describe(nn.Sequential(nn.LSTM(1, 2, num_layers=2, bias=False), nn.Linear(2, 1)))
    assert [layer["units"] for layer in described["layers"]] == [2, 2, 1]
    assert [len(layer) for layer in described["parameters"][0]["forget"]["weights"]] == [1, 1]
    assert [len(row) for row in described["parameters"][1]["forget"]["weights"]] == [2, 2]
    with pytest.raises(ModelError, match="bidirectional"):
        describe(nn.Sequential(nn.GRU(1, 1, bidirectional=True)))


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("kind", ["training", "evaluation", "layer", "plain", "maps"])
def test_normalization_is_that_of_torch(torch, kind):
    """Batch normalization is over the samples in training, by its running statistics after it; gamma and beta too."""
    torch.manual_seed(7)
    nn = torch.nn
    norm = {
        "training": lambda: nn.BatchNorm1d(2, eps=0.01),
        "evaluation": lambda: nn.BatchNorm1d(2, eps=0.01),
        "layer": lambda: nn.LayerNorm(2, eps=0.01),
        "plain": lambda: nn.LayerNorm(2, eps=0.01, elementwise_affine=False),
        "maps": lambda: nn.BatchNorm2d(1, eps=0.01),
    }[kind]()
    first = nn.Conv2d(1, 1, 2) if kind == "maps" else nn.Linear(1, 2)
    flat = [nn.Flatten()] if kind == "maps" else []
    model = nn.Sequential(first, norm, nn.Tanh(), *flat, nn.Linear(2, 1)).double()
    x = torch.randn(2, *((1, 2, 3) if kind == "maps" else (1,)), dtype=torch.float64)
    model(x)
    model.train(kind == "training")
    targets = torch.ones(2, 1, dtype=torch.float64)
    ((model(x) - targets) ** 2).mean().backward()
    end = len(model) - 1
    layer = {"plain": 3, "maps": 3}.get(kind, 2)
    letters = {"0.weight": "k1" if kind == "maps" else "w1", "0.bias": "b1", "1.weight": "gamma1", "1.bias": "beta1"}
    letters |= {f"{end}.weight": f"w{layer}", f"{end}.bias": f"b{layer}"}
    assert_near(found(model, nn.MSELoss(), (x, targets)), gradients(model, letters))


def test_an_embedding_is_that_of_torch(torch):
    """An embedding gathers the rows of its inputs, which torch counts from 0 and a description from 1."""
    torch.manual_seed(8)
    nn = torch.nn
    model = nn.Sequential(nn.Embedding(3, 2), nn.Flatten(), nn.Linear(4, 2)).double()
    x, targets = torch.tensor([[0, 2], [2, 1]]), torch.tensor([0, 1])
    nn.CrossEntropyLoss()(model(x), targets).backward()
    letters = {"0.weight": "w1", "2.weight": "w3", "2.bias": "b3"}
    assert_near(found(model, nn.CrossEntropyLoss(), (x, targets)), gradients(model, letters))


def test_layers_that_are_not_trained_stay_as_they_are(torch):
    """Where some layers need no gradient, they are frozen, and so is what is one layer with them."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Tanh(), nn.Linear(2, 1)).eval()
    model[0].requires_grad_(False)
    assert [layer.get("frozen", False) for layer in describe(model)["layers"]] == [True, False, False]
    model[1].requires_grad_(False)
    assert [layer.get("frozen", False) for layer in describe(model)["layers"]] == [True, False]

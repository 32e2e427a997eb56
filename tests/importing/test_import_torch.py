"""Models of torch: their layers, losses and numbers, and derivatives against torch's own."""

from fractions import Fraction

import pytest
from importing import assert_near, by_id, found

from symnet.errors import ModelError
from symnet.importing.describe import describe


@pytest.fixture(scope="session")
def torch():
    """Return torch, whose models are described."""
    return pytest.importorskip("torch")


def trained(torch, model, loss, data, steps=3):
    """Return a model in float64 after a few steps, with the gradients at the end."""
    model.double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss(model(data[0]), data[1]).backward()
        optimizer.step()
    optimizer.zero_grad()
    loss(model(data[0]), data[1]).backward()
    return model


def dense(torch):
    """Return activations, a prelu and a classifier."""
    nn = torch.nn
    model = nn.Sequential(
        *(nn.Linear(2, 3), nn.Tanh(), nn.Dropout(0.5), nn.Sequential(nn.Linear(3, 2), nn.PReLU())),
        *(nn.Linear(2, 3), nn.Identity()),
    ).eval()
    data = torch.tensor([[0.5, -1.0], [1.25, 0.75]]).double(), torch.tensor([0, 2])
    return model, nn.CrossEntropyLoss(label_smoothing=0.1), data, [
        *(("w1", "0.weight"), ("b1", "0.bias"), ("w2", "3.0.weight"), ("b2", "3.0.bias"), ("alpha2", "3.1.weight")),
        *(("w3", "4.weight"), ("b3", "4.bias")),
    ]  # fmt: skip


def bare(torch):
    """Return layers without biases, two activations in a row, and the two outputs of a regression."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Softplus(beta=2), nn.Sigmoid(), nn.Linear(2, 2))
    data = torch.tensor([[0.5, -1.0]]).double(), torch.tensor([[1.0, 0.25]]).double()
    return model, nn.SmoothL1Loss(beta=0.5), data, [("w1", "0.weight"), ("w3", "3.weight"), ("b3", "3.bias")]


def logits(torch):
    """Return two probabilities whose sigmoids belong to the loss."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(1, 2), nn.ELU(0.5), nn.Linear(2, 2))
    data = torch.tensor([[0.5], [-2.0]]).double(), torch.tensor([[1.0, 0.0], [0.0, 1.0]]).double()
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))
    return model, loss, data, [("w1", "0.weight"), ("b1", "0.bias"), ("w2", "2.weight"), ("b2", "2.bias")]


def likelihood(torch):
    """Return the logarithm of a softmax under its loss, summed over samples."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(2, 2), nn.Hardtanh(-2, 3), nn.Linear(2, 2), nn.LogSoftmax(dim=1))
    data = torch.tensor([[0.5, 1.0], [-2.0, 0.125]]).double(), torch.tensor([1, 0])
    loss = nn.NLLLoss(reduction="sum")
    return model, loss, data, [("w1", "0.weight"), ("b1", "0.bias"), ("w2", "2.weight"), ("b2", "2.bias")]


def rates(torch):
    """Return the logarithms of rates."""
    nn = torch.nn
    data = torch.tensor([[0.5, 1.0]]).double(), torch.tensor([[1.0, 3.0]]).double()
    return nn.Sequential(nn.Linear(2, 2)), nn.PoissonNLLLoss(), data, [("w1", "0.weight"), ("b1", "0.bias")]


MODELS = (dense, bare, logits, likelihood, rates)


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_derivatives_are_those_of_torch(torch, make):
    """A trained model is described with all that it has, and symnet's derivatives are those of torch's backward."""
    torch.manual_seed(4)
    model, loss, data, arrays = make(torch)
    trained(torch, model, loss, data)
    parameters = dict(model.named_parameters())
    theirs = {}
    for letters, name in arrays:
        gradient = parameters[name].grad
        theirs |= by_id(letters, gradient.reshape(()) if name == "3.1.weight" else gradient)
    assert_near(found(model, loss, data), theirs)


def test_numbers_of_32_bits_are_exact(torch):
    """A float32 is taken as its exact decimal, and rounded where decimals are asked for; the file says which."""
    model = torch.nn.Sequential(torch.nn.Linear(1, 1))
    with torch.no_grad():
        model[0].weight.fill_(0.1)
        model[0].bias.fill_(-1e-12)
    exact = describe(model)
    assert exact["parameters"][0]["weights"] == [[Fraction(13421773, 2**27)]]
    assert "0.100000001490116119384765625" in exact.text
    assert "exactly those that are stored" in exact.text
    assert describe(model, decimals=2)["parameters"][0] == {"weights": [[Fraction(1, 10)]], "biases": [0]}
    assert "rounded to 2 decimals" in describe(model, decimals=2).text


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_numbers_of_16_bits_are_exact(torch, name):
    """Half floats are numbers like others."""
    model = torch.nn.Sequential(torch.nn.Linear(1, 1, bias=False)).to(getattr(torch, name))
    (weight,) = model[0].weight.tolist()[0]
    assert describe(model)["parameters"] == [{"weights": [[Fraction(weight)]]}]


def test_a_description_of_a_model_is_one_of_a_file(torch, tmp_path):
    """The written file, with its schema beside it, is read as the very same description."""
    from symnet.description.load import load

    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU6(), torch.nn.Linear(4, 1), torch.nn.Sigmoid())
    described = describe(model, data=([[1, "1/3", 0.5]], [[1]]), title='A "title": no # comment\n')
    path = described.save(tmp_path / "net.yaml")
    assert load(path) == load(described)
    assert (tmp_path / "symnet.schema.json").exists()
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=symnet.schema.json\n")


def refused(*args, **options):
    """Return the places of all problems of a model."""
    with pytest.raises(ModelError) as error:
        describe(*args, **options)
    return {problem.where: problem.found for problem in error.value.problems}


def test_all_that_cannot_be_described_is_named(torch):
    """Each layer that is out of reach is named with its place and settings, all of them at once."""
    nn = torch.nn

    class Own(nn.Linear):
        pass

    hooked = nn.Linear(2, 2)
    hooked.register_forward_hook(lambda *_: None)
    broken = nn.Linear(2, 2)
    with torch.no_grad():
        broken.weight[1, 0] = float("nan")
    model = nn.Sequential(
        *(nn.Linear(2, 2), nn.Dropout(0.25), nn.Bilinear(2, 2, 2), Own(2, 2), hooked, broken),
        nn.Softmax(dim=0),
    )
    assert refused(model) == {
        'layer 2 ("1", Dropout)': "p=0.25 in training mode, which drops units at random",
        'layer 3 ("2", Bilinear)': "Bilinear",
        'layer 4 ("3", Own)': "Own of the module test_import_torch",
        'layer 5 ("4", Linear)': "hooks that change what it does",
        'layer 6 ("5", Linear)': "weight: nan at [2][1]",
        'layer 7 ("6", Softmax)': "dim=0",
    }


def test_what_is_no_model_is_refused(torch):
    """A module with a forward of its own, a loss with other options, a name of a file: each is told what to do."""
    nn = torch.nn

    class Net(nn.Module):
        pass

    model = nn.Sequential(nn.Linear(2, 2))
    assert refused(Net()) == {"": "Net of the module test_import_torch"}
    assert refused("model.pt") == {"": "a file that ends in .pt"}
    assert refused(object()) == {"": "a value of the type builtins.object"}
    assert refused(model, nn.CrossEntropyLoss(weight=torch.ones(2))) == {"loss": "CrossEntropyLoss, CrossEntropyLoss()"}
    assert refused(model, "mse")["loss"] == '"mse"'
    assert refused(model, data=[1])["data"] == "a value of the type list"
    assert refused(model, data=([[1, 2], [3]], None))["data, inputs"] == "lists of different lengths"
    assert refused(nn.Sequential()) == {"": "no layers"}
    assert refused(nn.Sequential(nn.LogSoftmax(dim=1), nn.Linear(2, 2)))['layer 1 ("0", LogSoftmax)']


def test_data_that_do_not_fit_are_blamed_once(torch):
    """Samples that the first layer cannot take are the fault, and not its weights; targets are, once for all rows."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
    assert refused(model, nn.MSELoss(), (torch.zeros(2, 3), torch.zeros(2, 1))) == {
        "data, inputs": "samples of 3 numbers"
    }
    assert refused(model, nn.MSELoss(), (torch.zeros(3, 1), torch.zeros(3, 2))) == {
        "data.targets[1] and 2 more": "a row of 2 numbers"
    }
    maps = nn.Sequential(nn.Conv2d(1, 1, 2), nn.Flatten(), nn.Linear(1, 1))
    assert refused(maps, nn.MSELoss(), (torch.zeros(1, 3, 2, 2), torch.zeros(1, 1)))["data, inputs"] == "3 channels"
    steps = nn.Sequential(nn.LSTM(2, 3, batch_first=True), nn.Linear(3, 1))
    assert refused(steps, nn.MSELoss(), (torch.zeros(1, 2, 1), torch.zeros(1, 2, 1))) == {
        "data, inputs": "samples of 1 number"
    }


def test_too_many_weights_are_refused_before_they_are_read(torch):
    """A weight of a gigabyte is named with its size; none of its numbers is read."""
    with torch.device("meta"):
        model = torch.nn.Sequential(torch.nn.Linear(16_384, 16_384, bias=False))
    assert refused(model) == {'layer 1 ("0", Linear)': "weight: 16,384 x 16,384 = 268,435,456 numbers"}


def test_a_module_that_stands_twice_has_tied_weights(torch):
    """Layers that share their weights are tied; what else is shared is named."""
    nn = torch.nn
    twice = nn.Linear(2, 2)
    other = nn.Linear(2, 2)
    other.weight = twice.weight
    described = describe(nn.Sequential(twice, nn.Tanh(), twice, nn.Tanh(), other))
    assert [layer.get("tied") for layer in described["layers"]] == [
        *(None, {"layer": "layer1"}, {"layer": "layer1", "biases": False}),
    ]
    assert [sorted(entry) for entry in described["parameters"]] == [["biases", "weights"], [], ["biases"]]
    slope = nn.PReLU()
    shared = refused(nn.Sequential(nn.Linear(1, 1), slope, nn.Linear(1, 1), slope))
    assert list(shared.values()) == ['parameters that are those of layer 1 ("0", Linear), layer 2 ("1", PReLU) as well']


def test_tied_weights_have_the_derivatives_of_torch(torch):
    """The derivative with respect to weights that stand twice is that of both uses."""
    nn = torch.nn
    torch.manual_seed(5)
    twice = nn.Linear(2, 2)
    model = nn.Sequential(twice, nn.Tanh(), twice)
    data = torch.tensor([[0.5, -1.0]]).double(), torch.tensor([[1.0, 0.25]]).double()
    trained(torch, model, nn.MSELoss(), data)
    theirs = {**by_id("w1", twice.weight.grad), **by_id("b1", twice.bias.grad)}
    assert_near(found(model, nn.MSELoss(), data), theirs)

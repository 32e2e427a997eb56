"""Models of Keras 3: their layers and losses, and derivatives against those of its backend torch, in a campaign."""

import os

import pytest
from importing import assert_near, by_id, found

from symnet.errors import ModelError
from symnet.importing.describe import describe

# Keras over torch does not yet follow the newest NumPy.
pytestmark = [pytest.mark.campaign, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]


@pytest.fixture(scope="module")
def keras():
    """Return Keras over torch, in float64."""
    pytest.importorskip("torch")
    os.environ["KERAS_BACKEND"] = "torch"
    keras = pytest.importorskip("keras", reason="models of Keras are described")
    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(3)
    return keras


def convolved(keras):
    """Return maps of an image, whose rows Keras flattens with the channels last, in one model with all that fits."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((5, 4, 2)),
            *(layers.Conv2D(2, (2, 3), activation="tanh", strides=(1, 1), name="c"), layers.MaxPooling2D((2, 1))),
            *(layers.BatchNormalization(epsilon=0.01, name="n"), layers.Flatten(), layers.Dropout(0.5)),
            layers.Dense(2, activation="softmax", name="d"),
        ]
    )
    ids = {
        "c/kernel": lambda g: by_id("k1", g.permute(3, 2, 0, 1)),
        "c/bias": lambda g: by_id("b1", g),
        "n/gamma": lambda g: by_id("gamma3", g),
        "n/beta": lambda g: by_id("beta3", g),
        # Rows and columns of the pooled map, then channels; here channels first.
        "d/kernel": lambda g: by_id("w5", g.reshape(2, 2, 2, 2).permute(2, 0, 1, 3).reshape(8, 2).T),
        "d/bias": lambda g: by_id("b5", g),
    }
    return model, "sparse_categorical_crossentropy", [0, 1], ids


def line(keras):
    """Return maps along one axis with the same padding, averaged, and an activation with an option."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4, 2)),
            layers.Conv1D(2, 3, padding="same", use_bias=False, name="c"),
            *(layers.LeakyReLU(0.25), layers.AveragePooling1D(2), layers.Flatten()),
            layers.Dense(1, name="d"),
        ]
    )
    ids = {
        "c/kernel": lambda g: by_id("k1", g.permute(2, 1, 0)),
        "d/kernel": lambda g: by_id("w4", g.reshape(2, 2, 1).permute(1, 0, 2).reshape(4, 1).T),
        "d/bias": lambda g: by_id("b4", g),
    }
    return model, "mean_squared_error", [[1.0], [0.5]], ids


def recurrent(kind, gates, **options):
    """Return what makes a model with a recurrent layer, of which the last step goes on."""

    def make(keras):
        layer = getattr(keras.layers, kind)(2, name="r", **options)
        model = keras.Sequential([keras.Input((2, 1)), layer, keras.layers.Dense(1, name="d")])
        model.layers[0].cell.bias.assign(model.layers[0].cell.bias + 0.125)

        def parted(letter):
            return lambda g: _gates(letter, gates, g)

        ids = {
            "cell/kernel": parted("w"),
            "cell/recurrent_kernel": parted("u"),
            "cell/bias": lambda g: _gates("b", gates, g),
            "d/kernel": lambda g: by_id("w2", g.T),
            "d/bias": lambda g: by_id("b2", g),
        }
        return model, "mean_absolute_error", [[1.0], [0.25]], ids

    make.__name__ = f"{kind}{''.join(map(str, options.values()))}"
    return make


def _gates(letter, gates, gradient):
    """Return the gradients of each gate by their ids; one of two rows of biases is that of the recurrent product."""
    columns = gradient.T if gradient.dim() == 2 else gradient
    found = {}
    for at, gate in enumerate(gates):
        part = columns[2 * at : 2 * at + 2]
        if letter == "b" and part.dim() == 2:
            found |= by_id(f"b{gate}1", part[:, 0])
            if gate == "n":
                found |= by_id("bun1", part[:, 1])
        else:
            found |= by_id(f"{letter}{gate}1", part)
    return found


def functional(keras):
    """Return a functional model with a residual sum, a layer that is used twice, and two layers side by side."""
    layers = keras.layers
    inputs = keras.Input((2,))
    twice = layers.Dense(2, activation="tanh", name="t")
    first = twice(inputs)
    total = layers.Add()([twice(first), inputs])
    outputs = layers.Dense(2, name="d")(layers.Concatenate()([total, first]))
    ids = {
        "t/kernel": lambda g: by_id("w1", g.T),
        "t/bias": lambda g: by_id("b1", g),
        "d/kernel": lambda g: by_id("w5", g.T),
        "d/bias": lambda g: by_id("b5", g),
    }
    model = keras.Model(inputs, outputs)
    return model, keras.losses.BinaryCrossentropy(from_logits=True), [[1.0, 0.0], [0.0, 1.0]], ids


MODELS = (
    *(convolved, line, functional, recurrent("SimpleRNN", [""]), recurrent("LSTM", ["i", "f", "g", "o"])),
    *(recurrent("GRU", ["z", "r", "n"], reset_after=after) for after in (True, False)),
)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_derivatives_are_those_of_keras(keras, make):
    """A model of Keras is described with its numbers, and symnet's derivatives are those of its backend."""
    import torch

    model, loss, targets, ids = make(keras)
    torch.manual_seed(2)
    x = torch.randn(2, *model.input_shape[1:], dtype=torch.float64)
    for variable in model.weights:
        if "moving" in variable.path:
            variable.assign(torch.rand(variable.shape, dtype=torch.float64) + 0.5)
    model.compile(loss=loss)
    y, outputs = torch.tensor(targets), model(x, training=False)
    # The same losses as torch has them.
    functional = torch.nn.functional
    value = {
        "sparse_categorical_crossentropy": lambda: functional.nll_loss(outputs.log(), y),
        "mean_squared_error": lambda: functional.mse_loss(outputs, y.double()),
        "mean_absolute_error": lambda: functional.l1_loss(outputs, y.double()),
    }.get(str(loss), lambda: functional.binary_cross_entropy_with_logits(outputs, y.double()))()
    function = keras.losses.get(loss) if isinstance(loss, str) else loss
    assert abs(function(y, outputs).mean().item() - value.item()) < 1e-6
    value.backward()
    theirs = {}
    for variable in model.trainable_variables:
        (read,) = [read for end, read in ids.items() if variable.path.endswith(end)]
        theirs |= read(variable.value.grad)
    # On the way to its layers Keras rounds to 32 bits, also where these have 64.
    assert_near(found(model, data=(x, y)), theirs, within=1e-6)


def test_what_is_out_of_reach_of_keras_is_named(keras):
    """Layers, settings, penalties, losses, and models without a shape: each with its place, all at once."""
    layers = keras.layers

    class Own(layers.Dense):
        pass

    def twice(z):
        return 2 * z

    model = keras.Sequential(
        [
            keras.Input((2,)),
            *(layers.Dense(2, kernel_regularizer="l2"), layers.UnitNormalization(), Own(2)),
            layers.Dense(2, activation=twice),
        ]
    )
    with pytest.raises(ModelError) as error:
        describe(model, keras.losses.Poisson())
    assert len(error.value.problems) >= 4
    for text in ("kernel_regularizer", "UnitNormalization", "Own of the module", "activation =", "Poisson"):
        assert text in str(error.value)
    with pytest.raises(ModelError, match=r"keras\.Input"):
        describe(keras.Sequential([layers.Dense(2)]))

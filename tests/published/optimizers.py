"""Examples of optimizers at work, step after step."""

from autodiff import sin
from mpmath import mp

from published.case import Case, graph
from published.oracles import function

# 0.1 x1^2 + 2 x2^2 from (-5, -2), which "Dive into Deep Learning" takes for momentum, Adagrad and RMSProp.
_BOWL = "0.1*x1^2 + 2*x2^2"


def _bowl(name, x1, x2, slack=0.5, **training):
    return Case(
        f"d2l-{name}",
        graph({"f": _BOWL}, "f", {"x1": -5, "x2": -2}, training={"steps": 20, **training}),
        {"x1'20": x1, "x2'20": x2},
        function(lambda x1, x2: {"f": x1 * x1 / 10 + 2 * x2 * x2}),
        slack,
    )


def _parabola(name, result, rate):
    return Case(
        f"d2l-{name}",
        graph({"f": "x^2"}, "f", {"x": 10}, training={"optimizer": "sgd", "learning_rate": rate, "steps": 10}),
        {"x'10": result},
        function(lambda x: {"f": x * x}),
    )


def _half_square(name, start, published, **training):
    return Case(
        name,
        graph({"l": "x^2/2"}, "l", {"x": start}, training={"learning_rate": 0.1, **training}),
        published,
        function(lambda x: {"l": x * x / 2}),
    )


OPTIMIZERS = (
    # Zhang, Lipton, Li, Smola, "Dive into Deep Learning", the chapter on optimization: what its code prints.
    _parabola("gradient-descent", "0.060466", 0.2),
    _parabola("gradient-descent-slow", "3.486784", 0.05),
    _parabola("gradient-descent-diverging", "61.917364", 1.1),
    Case(
        "d2l-gradient-descent-local-minimum",
        graph(
            {"f": "x*cos(0.15*pi*x)"},
            "f",
            {"x": 10},
            training={"optimizer": "sgd", "learning_rate": 2, "steps": 10},
        ),
        {"x'10": "-1.528166"},
        function(lambda x: {"f": x * sin(x * (mp.mpf("0.15") * mp.pi) + mp.pi / 2)}),
    ),
    Case(
        "d2l-gradient-descent-two-variables",
        graph(
            {"f": "x1^2 + 2*x2^2"},
            "f",
            {"x1": -5, "x2": -2},
            training={"optimizer": "sgd", "learning_rate": 0.1, "steps": 20},
        ),
        {"x1'20": "-0.057646", "x2'20": "-0.000073"},
        function(lambda x1, x2: {"f": x1 * x1 + 2 * x2 * x2}),
    ),
    _bowl("bowl", "-0.943467", "-0.000073", optimizer="sgd", learning_rate=0.4),
    _bowl("bowl-diverging", "-0.387814", "-1673.365109", optimizer="sgd", learning_rate=0.6),
    _bowl("momentum", "0.007188", "0.002553", optimizer="momentum", momentum=0.5, learning_rate=0.6),
    _bowl("momentum-less", "-0.126340", "-0.186632", optimizer="momentum", momentum=0.25, learning_rate=0.6),
    # The book has an epsilon of 1e-6 under the root, which moves the last of its digits by one at most.
    _bowl("adagrad", "-2.382563", "-0.158591", 1, optimizer="adagrad", learning_rate=0.4, epsilon=0),
    _bowl("adagrad-faster", "-0.002295", "-0.000000", optimizer="adagrad", learning_rate=2, epsilon=0),
    _bowl("rmsprop", "-0.010599", "0.000000", 1.1, optimizer="rmsprop", beta2=0.9, learning_rate=0.4, epsilon=0),
    # Keras, the documentation of its optimizers: half a square, and what one or two steps make of it.
    _half_square("keras-sgd", 1, {"x'": "0.9"}, optimizer="sgd"),
    _half_square("keras-momentum", 1, {"x'1": "0.9", "x'2": "0.72"}, optimizer="momentum", steps=2),
    _half_square("keras-rmsprop", 10, {"x'": "9.683772"}, optimizer="rmsprop", epsilon="1e-7"),
    _half_square("keras-adam", 10, {"x'": "9.9"}, optimizer="adam", epsilon="1e-7"),
    # Kingma, Ba, "Adam" (2015), section 2.1: a step whose gradient is the first is as long as the learning rate.
    _half_square("adam-first-step", 1000, {"x'": "999.9"}, optimizer="adam", epsilon=0),
)

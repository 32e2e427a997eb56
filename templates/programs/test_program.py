<% if notebook %>
import math
import types

<% else %>
"""<< docs.tests >>"""

import math

<% if lib == "np" and differences %>
import numpy as np
<% elif lib == "jnp" and differences %>
import jax.numpy as jnp
<% endif %>
import pytest
<% if lib == "torch" and differences %>
import torch
<% endif %>

import << module >> as program

<% endif %>

<#- The numbers are to so many digits; a derivative by differences is known to fewer. -#>
TOLERANCE = 1e-9
STEP, NEAR = 1e-6, 1e-5

FORWARD = [
<% for row in forward %>
    {
<% for line in row %>
        << line >>
<% endfor %>
    },
<% endfor %>
]
DERIVATIVES = [
<% for row in backward %>
    {
<% for line in row %>
        << line >>
<% endfor %>
    },
<% endfor %>
]
OBJECTIVE = << objective >>
GRADIENT = {
<% for line in gradients %>
    << line >>
<% endfor %>
}
<% if after %>
AFTER = {
<% for line in after %>
    << line >>
<% endfor %>
}
<% endif %>


def entries(value):
    """<< docs.entries >>"""
    value = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(value, list):
        return [float(value)]
    return [one for part in value for one in entries(part)]


def assert_close(found, expected, tolerance=TOLERANCE):
    """<< docs.close >>"""
    found, expected = entries(found), entries(expected)
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        assert math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def passes(sample):
    """<< docs.passes >>"""
<% if parameters %>
    parameters = program.start_parameters()
<% endif %>
<% if data %>
    data = program.training_data()<< "[sample]" if several >>
<% endif %>
    values = program.forward(<< calls.forward >>)
    values |= program.loss(<< calls.loss >>)
    return values, program.backward(<< calls.backward >>)


<% if not notebook %>
@pytest.mark.parametrize("name", FORWARD[0])
<% endif %>
def test_forward(name):
    """<< docs.forward >>"""
    for sample, expected in enumerate(FORWARD):
<% if parameters %>
        parameters = program.start_parameters()
<% endif %>
<% if data %>
        data = program.training_data()<< "[sample]" if several >>
<% endif %>
        values = program.forward(<< calls.forward >>)
        if name not in values:
            values |= program.loss(<< calls.loss >>)
        assert_close(values[name], expected[name])


<% if not notebook %>
@pytest.mark.parametrize("name", DERIVATIVES[0])
<% endif %>
def test_backward(name):
    """<< docs.backward >>"""
    for sample, expected in enumerate(DERIVATIVES):
        _, derivatives = passes(sample)
        assert_close(derivatives[name], expected[name])


def test_gradient():
    """<< docs.gradient >>"""
    objective, gradients = program.gradient(<< started | join(", ") >>)
    assert_close(objective, OBJECTIVE)
    for name, expected in GRADIENT.items():
        assert_close(gradients[name], expected)
<% if differences %>


def moved(value, place, distance):
    """<< docs.moved >>"""
    shape = getattr(value, "shape", ())
    flat = entries(value)
    flat[place] += distance
    if not shape:
        return << "torch.tensor(flat[0])" if lib == "torch" else "flat[0]" >>
<% if lib == "math" %>
    return flat[0]
<% else %>
    return << lib >>.<< "tensor" if lib == "torch" else "array" >>(flat).reshape(shape)
<% endif %>


<% if not notebook %>
@pytest.mark.parametrize("name", GRADIENT)
<% endif %>
def test_gradient_by_differences(name):
    """<< docs.differences >>"""
    found = []
    for place in range(len(entries(GRADIENT[name]))):
        sides = []
        for distance in (STEP, -STEP):
<% for one in put_in %>
            << one >> = << started[loop.index0] >>
<% endfor %>
<% if perturbed == "parameters" %>
            parameters[name] = moved(parameters[name], place, distance)
<% else %>
            << perturbed >>[name] = moved(<< perturbed >>[name], place, distance)
<% endif %>
            sides.append(float(program.gradient(<< put_in | join(", ") >>)[0]))
        found.append((sides[0] - sides[1]) / (2 * STEP))
<% for one in put_in %>
    << one >> = << started[loop.index0] >>
<% endfor %>
    assert_close(program.gradient(<< put_in | join(", ") >>)[1][name], found, NEAR)
<% endif %>
<% if lib == "torch" and perturbed == "parameters" %>


def test_gradient_by_autograd():
    """<< docs.autograd >>"""
    parameters = program.start_parameters()
    for value in parameters.values():
        value.requires_grad_()
    objective, gradients = program.gradient(<< with_parameters | join(", ") >>)
    objective.backward()
    for name in GRADIENT:
        assert_close(gradients[name].detach(), parameters[name].grad)
<% endif %>
<% if after %>


def test_training():
    """<< docs.training >>"""
    parameters = program.train()
    for name, expected in AFTER.items():
        assert_close(parameters[name], expected)
<% endif %>
<% if notebook %>


program = types.SimpleNamespace(**globals())
for name in FORWARD[0]:
    test_forward(name)


for name in DERIVATIVES[0]:
    test_backward(name)


test_gradient()
<% if differences %>


for name in GRADIENT:
    test_gradient_by_differences(name)
<% endif %>
<% if lib == "torch" and perturbed == "parameters" %>


test_gradient_by_autograd()
<% endif %>
<% if after %>


test_training()
<% endif %>
<% endif %>

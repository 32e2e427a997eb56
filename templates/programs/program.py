<% from "helpers.py" import helper with context %>
#!/usr/bin/env python3
"""<< intro >>"""
<% if called or lib in ["torch", "jnp"] %>

<% endif %>
<% for one in ["itertools", "math"] if one in called %>
import << one >>
<% endfor %>
<% if "np" in called or lib in ["torch", "jnp"] %>
<% if "itertools" in called or "math" in called %>

<% endif %>
<% if lib == "np" %>
import numpy as np
<% elif lib == "torch" %>
import torch
<% else %>
import jax
<% if "jnp" in called %>
import jax.numpy as jnp
<% endif %>
<% endif %>
<% endif %>
<% if lib == "torch" %>

torch.set_default_dtype(torch.float64)
<% elif lib == "jnp" %>

jax.config.update("jax_enable_x64", True)
<% endif %>
<% if constants %>

<% for one in constants %>
<< one.text >>
<% endfor %>
<% endif %>
<% for name in helpers %>


<< helper(name, lib, axis, keep, amax, docs, at) | trim >>
<% endfor %>
<% for one in tables %>


def << one.name >>():
    """<< one.doc >>"""
<% if one.rows %>
    return [
<% for row in one.rows %>
<% for line in row %>
        << line >>
<% endfor %>
<% endfor %>
    ]
<% else %>
    return {
<% for entry in one.entries %>
<% for line in entry %>
        << line >>
<% endfor %>
<% endfor %>
    }
<% endif %>
<% endfor %>
<% for one in functions %>


def << one.name >>(<< one.arguments | join(", ") >>):
    """<< one.doc >>"""
<% for line in one.body %>
<< ("    " ~ line) if line else "" >>
<% endfor %>
<% endfor %>


<% for line in gradients %>
<< line >>
<% endfor %>


def gradient(<< arguments | join(", ") >>):
    """<< docs.gradient >>"""
<% if several %>
    << objective >> = 0
    total = dict.fromkeys(GRADIENTS, 0)
<% if counted %>
    counted = 0
<% endif %>
    for data in samples:
        values = forward(<< calls.forward >>)
        values |= loss(<< calls.loss >>)
        derivatives = backward(<< calls.backward >>)
        << objective >> = << objective >> + values["<< loss >>"]
        for name, variable in GRADIENTS.items():
            total[name] = total[name] + derivatives[variable]
<% for line in counted %>
        << line >>
<% endfor %>
<% if share %>
    << objective >> = << objective >> / << share >>
    total = {name: value / << share >> for name, value in total.items()}
<% endif %>
<% for line in penalty %>
    << line >>
<% endfor %>
    return << objective >>, total
<% else %>
    values = forward(<< calls.forward >>)
    values |= loss(<< calls.loss >>)
    derivatives = backward(<< calls.backward >>)
    found = {name: derivatives[variable] for name, variable in GRADIENTS.items()}
    return values["<< objective >>"], found
<% endif %>
<% if update %>
<% if update.states %>


def start_state(parameters):
    """<< docs.state >>"""
    state = {name: {} for name in << update.states >>}
    for name, parameter in parameters.items():
        for kept in state.values():
            kept[name] = 0 * parameter
<% for line in update.start %>
    << line >>
<% endfor %>
    return state
<% endif %>


def update(<< update.arguments | join(", ") >>):
    """<< update.doc >>"""
<% if update.blank %>
    raise NotImplementedError("update")
<% else %>
<% if update.rates %>
    << update.rate >> = RATES[step - << 1 + update.before >>]
<% endif %>
<% if update.clip_value %>
    gradients = {name: << update.clipped >> for name, value in gradients.items()}
<% endif %>
<% if update.clip_norm %>
    norm = << update.norm >>
    if norm > << update.clip_norm >>:
        gradients = {name: << update.clip_norm >> / norm * value for name, value in gradients.items()}
<% endif %>
    new = dict(parameters)
    for name in << update.trained >>:
<% for line in update.body %>
        << line >>
<% endfor %>
    return new
<% endif %>


def train(steps=<< update.steps >>):
    """<< docs.train >>"""
    << start >>
<% if update.states %>
    state = start_state(parameters)
<% endif %>
    for step in range(<< 1 + update.before >>, << 1 + update.before >> + steps):
<% if update.batches %>
        batch = BATCHES[step - << 1 + update.before >>]
<% if update.batch %>
        chosen = << update.batch >>
<% else %>
        chosen = [samples[place] for place in batch]
<% endif %>
        _, gradients = gradient(parameters, chosen)
<% else %>
        _, gradients = gradient(<< put_in | join(", ") >>)
<% endif %>
        parameters = update(<< update.arguments | join(", ") >>)
    return parameters
<% endif %>


if __name__ == "__main__":
    << start >>
    << objective >>, gradients = gradient(<< put_in | join(", ") >>)
    print("<< objective >> =", << objective >>)
    for name, variable in GRADIENTS.items():
        print(variable, "=", gradients[name])
<% if update %>
    for name, parameter in train().items():
        print(name, "=", parameter)
<% endif %>

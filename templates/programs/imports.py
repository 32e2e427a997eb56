<#- The library of a program. -#>
<% if lib == "np" %>
import numpy as np
<% elif lib == "torch" %>
import torch
<% elif lib == "jnp" %>
import jax
import jax.numpy as jnp
<% endif %>

"""What stands at plots, and what is said of them to those who cannot see them."""

from __future__ import annotations

from symnet.text.en import counted

TRAINING_STEP = "training step"
BEFORE_TRAINING, AFTER_TRAINING = "before training", "after training"
DERIVATIVE = "derivative"
TARGET, CLASS = "target ", "class "


def of_losses(objective: str, first: str, last: str, steps: int) -> str:
    """Return what a plot of the loss over the training steps shows.

    Args:
        objective: How what training makes small is written.
        first: Its value before the first step.
        last: Its value after the last.
        steps: How many steps there are.
    """
    return f"Plot of {objective} over {counted(steps, 'training step')}: {first} at the start, {last} at the end."


def of_activation(name: str, range_of_z: tuple[str, str], values: tuple[str, str, str]) -> str:
    """Return what a plot of an activation and its derivative shows.

    Args:
        name: How the activation is called.
        range_of_z: From where to where it is plotted.
        values: Its values at both ends, and its derivative at 0.
    """
    (start, end), (first, last, middle) = range_of_z, values
    return (
        f"Plot of {name} (solid) and its derivative (dashed) for z from {start} to {end}: {name} goes from {first} to"
        f" {last}; the derivative near 0 is {middle}."
    )


def of_boundary(axes: tuple[str, str], samples: int, correct: tuple[int, int]) -> str:
    """Return what a plot of the decision boundary shows.

    Args:
        axes: How the two inputs are written.
        samples: How many samples are marked.
        correct: How many of them lie on the side of their target before training, and after it.
    """
    across, up = axes
    before, after = correct
    return (
        f"Decision boundary in the plane of {across} and {up}, dashed before training and solid after it, with"
        f" {counted(samples, 'sample')}: {before} on the side of their target before training, {after} after it."
    )

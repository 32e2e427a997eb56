"""Chains of rounded numbers: whatever they lead to is accepted, and little else."""

import statistics

import pytest

from symnet.numerics.program import Primitive

pytest.importorskip("numpy")
chains = pytest.importorskip("chains")


def test_chains_know_each_operation():
    """Any program can be run on arrays of rounded numbers."""
    assert set(chains.TABLE) == set(Primitive)


def none_rejected(count, many, first=0):
    """Assert that the outcomes of random chains are accepted, and return by how much more numbers are, in order."""
    ratios = []
    for found in chains.measured(count, many, first):
        assert not found.rejected
        ratios += [room.ratio for room in found.rooms]
    return sorted(ratios)


def test_what_rounding_leads_to_is_accepted_and_little_more():
    """Every outcome of chains of rounded numbers is accepted; half of the numbers have no more room than that."""
    ratios = none_rejected(2, 1000, first=1)
    assert len(ratios) > 40
    assert statistics.median(ratios) <= 1.5
    assert ratios[-1] <= 4


@pytest.mark.campaign
def test_what_rounding_leads_to_is_accepted_and_little_more_in_many_exercises():
    """Every outcome of chains of rounded numbers is accepted; 99 of 100 numbers have three times that room at most."""
    ratios = none_rejected(60, 10_000)
    assert statistics.median(ratios) <= 1.5
    assert ratios[int(0.99 * len(ratios))] <= 3

"""The mistakes of whole arrays that have a wrong answer worked out in NumPy, which need not be there."""

NAMES = frozenset(
    {
        "denominator_forgotten",
        "dropped_path",
        "entry_by_entry",
        "factor_transposed",
        "kernel_flip",
        "mean_over_axis",
        "product_reversed",
        "repeated_not_summed",
        "softmax_elementwise",
        "sum_over_axis",
        "transposed_index",
        "wrong_axis",
    }
)

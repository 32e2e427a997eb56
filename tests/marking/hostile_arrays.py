"""Answers of vectors and matrices that nobody means well with, or that were broken on the way: 300 of them."""

_LEFTS = ("dL/dW2", "delta1", "W2'", "z1", "dL/dW", "W2''", "delta1^T", "[delta1]", "dL/d[W2]", "a1@99", "X", "Delta9")
_RIGHTS = (
    "[", "]", "[[", "]]", "[]", "[[]]", "[,]", "[[,],[,]]", "[1,,2]", "[1;2;", "[[1,2],[3,4]", "[[1,2],3]", "[1,[2,3]]",
    "[[1,2];[3,4]]", "[" * 60 + "1" + "]" * 60, "[" * 2000, "(" * 500 + "W2" + ")" * 500, "[" + "1," * 990 + "1]",
    "W2" + "^T" * 400, "W2" + ".T" * 400, "W2" + "'" * 900, "W2 @ " * 300 + "a1", "(W2 W2)^T" * 200, "W2.T.T.T.T",
    "W2.dot", "W2.dot(", "W2.dot(a1", "W2.dot()", "W2.dot(a1, a1)", "W2.eval(a1)", "W2.__class__", "W2.T.__dict__",
    "np.array", "np.array(", "np.array([)", "np.array([1,2], dtype=object)", "np.array(__import__('os'))",
    "np.linalg.inv(W2)",
    "array([1, 2], dtype=<class 'int'>)", "tensor([1., 2.], grad_fn=<AddBackward0>)", "np.outer(delta2)", "np.outer()",
    "np.outer(np.outer(delta2, a1), a1)", "np.sum(W2, axis=7)", "np.sum(W2, axis=)", "np.sum(axis=0)", "sum(W2)",
    "W2.sum(",
    "diag(W2)", "diag()", "diag(1)", "transpose(1)", "W2[0]", "W2[0, 1]", "W2[:, 1]", "W2[[0]]", "W2^-1",
    "W2^{-1} a1", "W2^a1",
    "a1^a1", "a1/a1", "1/W2", "W2/0", "W2 / a1", "W2 % 2", "W2 // 2", "W2 == W2", "W2 = W2", "a1 = [1, 2] = [1, 2, 3]",
    r"\begin{bmatrix}", r"\end{bmatrix}", r"\begin{bmatrix} \end{bmatrix}", r"\begin{bmatrix} 1 \end{pmatrix}",
    r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", r"\begin{bmatrix} & \\ & \end{bmatrix}",
    r"\begin{array} 1 \end{array}",
    r"\begin{bmatrix} \begin{bmatrix} 1 \end{bmatrix} \end{bmatrix}", r"\begin{bmatrix}" * 50, r"\left[ 1, 2",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \begin{bmatrix} 1 \\ 2 \end{bmatrix}", r"\input{/etc/passwd}",
    r"\begin{verbatim} 1 \end{verbatim}", r"\mathbf{}", r"\mathbf{W2", r"\boldsymbol", r"\vec{}", r"\vec", "𝟏",
    "𝟏 𝟏", "𝟏ᵀ𝟏",
    "1e999 * W2", "[1e999, 1]", "[1e-999]", "[nan, inf]", "[None, True]", "['a', 'b']", '["1", "2"]',
    "[0x10, 0b1]", "[1_000]",
    "[…]", "[0.1 ... 0.2]", "[[0.1 ... 0.2]\n ...\n [0.3 ... 0.4]]", "[1\x002]", "[1\u202e,2]", "[\u200b]",
    "[１, ２]", "[1,2]\n[3,4]",
    "[1, 2] [3, 4]", "[1, 2] @ [3, 4]", "[1, 2] ⊙ [3, 4, 5]", "[[1, 2]] * [[1], [2]]", "delta1 ⊙ W2", "W2 ⊙ W2 ⊙",
    "⊙ W2",
    "@ W2", "W2 @", "W2 @ @ a1", "W2@1", "W2@99", "a1@", "W2 .T", "W2. T", "W2 T", "W2^ T", "W2^{T", "W2^TT",
    "W2^{TT}", "T W2",
    "softmax(W2)", "softmax(z1, axis=1)", "softmax(softmax(z1))", "max(a1, W2)", "max(a1)", "np.where(z1, 1, 0)",
    "relu'(W2)",
    "np.where(z1 > 0, W2, 0)", "1[W2 > a1]", "(z1 > 0 > W2)", "sum_k W2", "sum_k a1", r"\sum_k a_k^{(1)}", "|W2|",
    "||W2||",
    r"\|W2\|_2", "sqrt(W2)", "W2!", "W2%", "50% W2", "W2 if z1 > 0 else 0", "{W2; 0 otherwise}", "dL/dW2",
    "dW2/dL", "dz2/da1",
    "dL/dW2 dL/dW2", "d W2", "∂W2", "∇L", "W2, a1", "(W2, a1)", "[W2, a1]", "[W2]", "[[W2]]", "[a1, a1]",
    "[a1; a1]", "[-]", "[+,+]",
    "[- 1, - 2]", "[1 - 2]", "[1 -2]", "[1 - 2, 3]", "[a1_1 a1_2]", "[2 a1_1]", "[a1_1, a1_2", "a1_1, a1_2",
    "a1_1; a1_2",
)  # fmt: skip

# Long ones that cost more than they look.
LONG_ARRAYS = ("d" * 1990, "x" * 1990, "W2" * 990, "a1^T" * 490, "W2 @ W2 ⊙ " * 190 + "W2", "(W2 W2) " * 240)

HOSTILE_ARRAYS = tuple(
    (_LEFTS[place % len(_LEFTS)] if again else "dL/dW2", right)
    for again in (False, True)
    for place, right in enumerate(_RIGHTS)
)[:330]

"""The grammar of typed answers: one answer, plain or LaTeX, as an ordered expression; nothing is evaluated."""

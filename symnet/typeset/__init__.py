"""From expressions and matrices to layout trees."""

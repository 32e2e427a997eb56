"""What the verification asks: random points, and differences around them."""

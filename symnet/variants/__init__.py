"""Many versions of one exercise, each with numbers of its own, and each made again from its code alone."""

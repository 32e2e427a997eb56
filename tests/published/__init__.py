"""Worked examples of books, courses and libraries, as descriptions with the numbers that are known of them.

A source says where an exercise is known from. What proves the numbers is the independent arithmetic of the test beside.
"""

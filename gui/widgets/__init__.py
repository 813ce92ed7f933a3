"""Widgets that know nothing of networks: each shows a value and reports a wish.

`plot` and `image` need numpy: import them after the first paint.
"""

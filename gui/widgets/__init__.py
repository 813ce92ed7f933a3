"""Widgets that know nothing of networks: each shows a value and reports a wish.

`plot` needs pyqtgraph and `image` numpy: import them after the first paint.
"""

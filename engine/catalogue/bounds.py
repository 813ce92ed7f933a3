"""Bounds of fields that mathematics does not bound."""

FAR = 1e30
"""Bound of arguments that may be any number: well within float32, so that torch takes them all."""

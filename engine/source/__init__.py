"""A design as Python text, and back."""

"""The panel below: a forward pass, what came of it, and its tables and pictures."""

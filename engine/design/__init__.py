"""A design as a value: the tree, the edits that make a new tree, its history and its file."""

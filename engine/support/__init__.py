"""What torch lacks and takes several lines: a class each, which the builder imports and the writer pastes.

Each file holds one class, named as its catalogue entry, that needs torch alone and reads well in somebody's own file.
"""

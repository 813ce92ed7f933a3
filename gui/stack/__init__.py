"""The left column: the stack as a list of painted cards, and the advice below it."""

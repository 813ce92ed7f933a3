"""The parts of `gui.engine_process`: one worker's pipe, what it was asked, and what it complained of."""

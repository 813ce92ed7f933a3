"""The views in the centre of the window: diagram, summary, code and data of one design."""

"""Layerloom without a window: designs, their files, views, code and runs. Importing it loads neither Qt nor torch."""

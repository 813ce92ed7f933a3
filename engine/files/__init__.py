"""Project files: a design as JSON and back, and files that are whole or not written at all."""

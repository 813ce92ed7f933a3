"""Networks to start from: their names, a sentence each, and the Python that makes the files beside this one."""

SENTENCES = {
    "empty": "Nothing but an input of two features: build your own.",
    "tutorial": "Three small layers, each with another activation and initializer: 26 parameters.",
    "moons": "Two interleaved half circles to tell apart: two hidden layers of 16 units.",
    "iris": "Four measurements of a flower, three species: a first classifier.",
    "digits": "Handwritten digits of 8 × 8 pixels: flattened, then dense layers to ten classes.",
}
"""Templates by name, in the order in which they are listed."""

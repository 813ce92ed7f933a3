"""The window: it shows values of the engine and sends back edits."""

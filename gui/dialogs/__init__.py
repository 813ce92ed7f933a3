"""Dialogs: export, preferences, shortcuts and texts to read."""

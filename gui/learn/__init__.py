"""What the window explains of the catalogue: curves, laws, choices and help; no panel lives here."""

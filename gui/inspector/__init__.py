"""The right column: everything about what is selected, and the network where nothing is."""

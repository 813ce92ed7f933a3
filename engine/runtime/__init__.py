"""The only place that imports torch: building, initializing, probing and proving a design."""

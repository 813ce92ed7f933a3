"""Pure functions of a design: shapes, summary, advice, diagram."""

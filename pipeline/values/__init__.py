"""Text -> value, one module for each kind; each keeps the source text's place."""

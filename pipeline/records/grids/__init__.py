"""Records in tables by columns and rows: the place of a cell tells which field its text is."""

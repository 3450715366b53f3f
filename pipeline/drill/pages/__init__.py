"""The forms in which a page is written anew: markup, tables, encodings."""

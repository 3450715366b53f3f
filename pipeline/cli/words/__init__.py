"""Results -> the words that a person reads on a terminal, and the data for `--json`."""

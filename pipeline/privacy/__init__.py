"""Persons: withheld from what is published (withhold), or erased from what is stored (forget)."""

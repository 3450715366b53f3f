"""Commands about web archives: backfill, export."""

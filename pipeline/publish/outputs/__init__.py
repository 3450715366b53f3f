"""What is published beside the tables: one module for each form, rows -> bytes; nothing here opens a file."""

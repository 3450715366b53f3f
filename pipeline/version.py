"""The version of the program, as the tables and the requests name it."""

VERSION = "0.1.0"

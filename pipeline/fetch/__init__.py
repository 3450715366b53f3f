"""Pages and archives on the web -> bytes: the only code that opens a socket."""

"""What a stranger may try on the server, kind by kind."""

"""Commands for scripts: results on stdout, messages on stderr."""

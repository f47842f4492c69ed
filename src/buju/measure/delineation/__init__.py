"""Which places belong together, one definition a file."""

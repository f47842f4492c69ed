"""How much a place can reach, one measure a file."""

"""What places do and how that changes, one measure a file."""

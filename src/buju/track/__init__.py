"""Is the target in reach, where do projects stand, what was emitted."""

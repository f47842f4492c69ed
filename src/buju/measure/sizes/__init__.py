"""How large the largest cities are against the rest, one index a file."""

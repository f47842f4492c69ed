"""An empty region to fill in."""

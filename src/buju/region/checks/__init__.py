"""What a region's tables must satisfy, one kind of check a file; each takes all rows at once."""

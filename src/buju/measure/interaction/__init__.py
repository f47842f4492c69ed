"""How strongly places pull on each other, one law a file."""

"""How unevenly something is spread over places, one index a file."""

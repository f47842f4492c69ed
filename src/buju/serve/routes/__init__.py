"""The addresses of the API, one file a subject; each file has a `router`."""

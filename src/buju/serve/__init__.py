"""The ways in: command line, later web API and page. Submits studies and reads bundles."""

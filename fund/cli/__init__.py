"""Commands of the application, one file per group; each parses, calls a use case and prints."""

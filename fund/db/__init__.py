"""The database: engine rules, sessions, column types."""

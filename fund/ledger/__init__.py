"""The double-entry ledger: one writer, append-only, balanced by the database itself."""

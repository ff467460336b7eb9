"""What the database itself refuses in the journal, for both databases.

Postings are inserted before their entry (their foreign key is checked at commit). The entry's insert then
proves the sum of each currency, at least two postings, and from there on nothing can be added or changed.
"""

_UNBALANCED = """
    (SELECT COUNT(*) FROM ledger_posting WHERE entry_id = NEW.id) < 2
    OR EXISTS (
        SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id GROUP BY currency
        HAVING SUM(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0
    )
"""
_CLOSED = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"
_TAKEN = {
    "ledger_entry": "number = NEW.number OR id = NEW.id OR source = NEW.source",
    "ledger_posting": "id = NEW.id",
    "ledger_account": "id = NEW.id",
}
"""SQLite's INSERT OR REPLACE deletes rows without asking the triggers for deletion."""
_FROZEN = [
    (table, action) for table in ("ledger_entry", "ledger_posting", "ledger_account") for action in ("UPDATE", "DELETE")
]


def statements(dialect: str) -> list[str]:
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> list[str]:
    guards = [
        f"""CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry WHEN {_UNBALANCED}
            BEGIN SELECT RAISE(ABORT, 'ledger: entry does not balance'); END""",
        f"""CREATE TRIGGER ledger_posting_open BEFORE INSERT ON ledger_posting WHEN {_CLOSED}
            BEGIN SELECT RAISE(ABORT, 'ledger: entry is closed'); END""",
    ]
    guards += [
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})
            BEGIN SELECT RAISE(ABORT, 'ledger: rows are never replaced'); END"""  # noqa: S608  names of this file
        for table, taken in _TAKEN.items()
    ]
    frozen = [
        f"""CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}
            BEGIN SELECT RAISE(ABORT, 'ledger: rows are never changed'); END"""
        for table, action in _FROZEN
    ]
    return guards + frozen


def _postgresql() -> list[str]:
    functions = [
        f"""CREATE FUNCTION ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {_UNBALANCED} THEN RAISE EXCEPTION 'ledger: entry does not balance'; END IF;
            RETURN NEW; END $$""",
        f"""CREATE FUNCTION ledger_posting_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {_CLOSED} THEN RAISE EXCEPTION 'ledger: entry is closed'; END IF;
            RETURN NEW; END $$""",
        """CREATE FUNCTION ledger_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'ledger: rows are never changed'; END $$""",
        """CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry
            FOR EACH ROW EXECUTE FUNCTION ledger_entry_balanced()""",
        """CREATE TRIGGER ledger_posting_open BEFORE INSERT ON ledger_posting
            FOR EACH ROW EXECUTE FUNCTION ledger_posting_open()""",
    ]
    frozen = [
        f"""CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_changed()"""
        for table, action in _FROZEN
    ]
    truncated = [
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_changed()"""
        for table in ("ledger_entry", "ledger_posting", "ledger_account")
    ]
    return functions + frozen + truncated

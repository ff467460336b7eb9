"""Exports of the books, accounting formats and the figures of the desk."""

"""Plain helpers; they import nothing of fund."""

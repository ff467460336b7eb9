"""A legal matter that raises money: its texts, fee schedule, target and life."""

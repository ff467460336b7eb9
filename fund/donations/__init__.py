"""Gifts: started, settled, shown as the donor chose."""

"""Uploads. Placed in the order; filled by the work on attachments."""

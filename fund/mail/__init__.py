"""Messages: rendered, queued with the change that causes them, delivered by the worker."""

"""Door: read-only JSON, feeds and health."""

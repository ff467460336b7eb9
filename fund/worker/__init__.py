"""Door: durable workflows and schedules; thin functions that call use cases."""

"""Door: administrators' pages."""

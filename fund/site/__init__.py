"""Door: public and member pages."""

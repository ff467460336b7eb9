"""Door: what machines post to us: Stripe, and later the mail provider."""

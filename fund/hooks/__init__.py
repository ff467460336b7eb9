"""Door: what machines post to us: Stripe and the mail provider."""

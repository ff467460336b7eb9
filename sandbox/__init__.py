"""An offline Stripe and mail catcher for the demo and the tests (see README.md in this folder)."""

"""News of a campaign, the people who follow it, and telling them."""

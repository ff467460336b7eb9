"""What the doors share: guards, locale, headers, errors, one database session per request."""

"""People who may sign in, their sessions, invitations and roles."""

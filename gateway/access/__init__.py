"""Who may call, how much, and whose the ids are that a caller names."""

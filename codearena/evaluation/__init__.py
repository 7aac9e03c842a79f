"""`codearena eval`: plays many episodes with one agent, and says how well it did."""

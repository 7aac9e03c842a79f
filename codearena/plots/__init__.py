"""`codearena plot`: figures of one or several runs, from their rewards_log.csv."""

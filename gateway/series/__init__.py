"""What attempts come to over time, for charts."""

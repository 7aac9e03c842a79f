"""The dashboard in a real browser, over the real embedded services."""

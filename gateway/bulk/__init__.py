"""Jobs of many items: what /jobs does, and who grades them."""

"""Bug operators: each finds the places of a right program where one kind of mistake can be made, and makes it there."""

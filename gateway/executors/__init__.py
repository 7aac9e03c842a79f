"""The executors behind one address: where they are, how they are, and which of them an attempt goes to."""

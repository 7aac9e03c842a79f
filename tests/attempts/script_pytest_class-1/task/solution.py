class Counter:
    """Counts the words of a text."""

    def __init__(self, text):
        self.counts = {}
        for word in text.split():
            self.counts[word] = self.counts.get(word, 0) + 1

    def count(self, word):
        """Return how often the word is there."""
        return self.counts.get(word, 0)

    def most(self):
        """Return the most frequent word."""
        return max(self.counts, key=self.counts.get)

    def words(self):
        """Return all words, sorted."""
        return sorted(self.counts)

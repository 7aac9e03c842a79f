import pytest

from fix import Counter


class TestCounter:
    @classmethod
    def setup_class(cls):
        cls.text = "a b a c b a"

    def setup_method(self):
        self.counter = Counter(self.text)

    @pytest.mark.parametrize(("word", "expected"), [("a", 3), ("b", 2), ("z", 0)])
    def test_count(self, word, expected):
        assert self.counter.count(word) == expected

    def test_most(self):
        assert self.counter.most() == "a"

    def test_words(self):
        assert self.counter.words() == ["a", "b", "c"]

    def test_all(self):
        assert all(self.counter.count(word) > 0 for word in self.counter.words())
        assert len(self.counter.words()) == 3

    def test_member(self):
        assert "b" in self.counter.words()

    def test_counts(self):
        assert self.counter.counts == {"a": 3, "b": 2, "c": 1}


class TestEmpty:
    def test_nothing(self):
        assert Counter("").words() == []

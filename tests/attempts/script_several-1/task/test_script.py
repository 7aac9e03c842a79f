import fix


def test_encode():
    assert fix.encode("aab") == [("a", 2), ("b", 1)]


def test_decode():
    assert fix.decode([("x", 3)]) == "xxx"


def test_round_trip():
    for text in ("", "a", "aabbb", "abab"):
        assert fix.decode(fix.encode(text)) == text


def test_size():
    assert fix.size([("a", 2), ("b", 5)]) == 7


def test_agree():
    assert fix.size(fix.encode("aaab")) == len("aaab")
    assert fix.encode(fix.decode([("q", 2)])) == [("q", 2)]


def test_same():
    assert fix.encode("zz") == fix.encode("z" * 2)
    assert fix.encode("zz") != fix.encode("z")


def test_set():
    assert {fix.decode([("a", 1)]), fix.decode([("a", 1)])} == {"a"}

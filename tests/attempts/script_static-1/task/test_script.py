def check(candidate):
    assert candidate("1h 5m") == 3900
    assert candidate("2m") == 120
    assert candidate("") == 0
    assert candidate("1s") in (1, 1.0)
    assert candidate("1h") > candidate("59m")
    assert Duration.join({"h": 1, "m": 5}) == "1h 5m"
    assert Duration.UNITS["m"] == 60
    assert sorted(Duration.UNITS) == ["h", "m", "s"]

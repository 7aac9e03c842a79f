from codearena.server.recent import Recent


def test_the_entries_used_last_are_kept() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert ("a" in kept, "b" in kept, "c" in kept) == (True, False, True)
    assert kept.get("b") is None


def test_what_is_put_again_is_new_and_used() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.put("a", 3)
    kept.put("c", 4)
    assert (kept.get("a"), "b" in kept) == (3, False)


def test_to_look_whether_something_is_kept_is_no_use_of_it() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert "a" in kept
    kept.put("c", 3)
    assert "a" not in kept


def test_none_is_kept_where_none_is_to_be() -> None:
    kept: Recent[str, int] = Recent(0)
    kept.put("a", 1)
    assert kept.get("a") is None


def test_entries_take_room_by_what_they_weigh() -> None:
    kept: Recent[str, int] = Recent(5, lambda value: value)
    for key, weight in (("a", 2), ("b", 2), ("c", 3)):
        kept.put(key, weight)
    assert [key for key in "abc" if key in kept] == ["b", "c"]
    kept.put("d", 6)
    assert not any(key in kept for key in "abcd")
    kept.put("e", 5)
    kept.drop("e")
    kept.put("f", 5)
    assert "f" in kept

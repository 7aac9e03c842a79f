from fix import slug

assert slug("Hello World") == "hello-world"
assert slug("One") == "one"
assert slug("What? Now!").startswith("what")
assert slug("A  B").replace("a-b", "") == ""
assert slug("x y z").count("-") == 2
assert "and" in slug("This and That")
assert slug("Hello") < slug("World")
assert not slug("  ")
words = slug("to be or not").split("-")
assert words == ["to", "be", "or", "not"]
assert f"{slug('A B')}!" == "a-b!"

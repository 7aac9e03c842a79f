"""Small bugs that none of the tasks has: (name, buggy code, a call, what it must return)."""

_LARGEST = """\
def largest(xs):
    largest = 0
    for x in xs:
        if x > largest:
            largest = x
    return largest
"""
_ELSE_IF = """\
def f(x):
    if x > 0:
        return 1
    else if x < 0:
        return -1
    return 0
"""
BUGS: list[tuple[str, str, str, object]] = [
    ("missing colon", "def double(x)\n    return 2 * x\n", "double(4)", 8),
    ("open bracket", "def biggest(xs):\n    return max(xs\n", "biggest([1, 5, 2])", 5),
    ("open bracket before a colon", "def f(x):\n    if (x > 3:\n        return 1\n    return 0\n", "f(4)", 1),
    ("not indented", "def half(x):\nreturn x / 2\n", "half(3)", 1.5),
    ("one line indented too far", "def f(x):\n    y = x + 1\n      return y\n", "f(1)", 2),
    ("misspelt keyword", "def f(x):\n    retrun x + 1\n", "f(1)", 2),
    ("misspelt def", "dfe f(x):\n    return x + 1\n", "f(1)", 2),
    ("assignment in a condition", "def f(x):\n    if x = 1:\n        return 'one'\n    return 'more'\n", "f(1)", "one"),
    ("another language's and", "def f(a, b):\n    return a && b\n", "f(True, False)", False),
    ("increment", "def f(x):\n    x++\n    return x\n", "f(1)", 2),
    ("open string", "def f():\n    return 'done\n", "f()", "done"),
    ("print statement", "def f(x):\n    print x\n    return x\n", "f(1)", 1),
    ("else if", _ELSE_IF, "f(-5)", -1),
    ("misspelt builtin", "def f(xs):\n    return sortd(xs)\n", "f([2, 1])", [1, 2]),
    ("misspelt name", "def f(values):\n    return vlaues[0]\n", "f([3])", 3),
    ("module not imported", "def f(x):\n    return math.floor(x)\n", "f(2.5)", 2),
    ("method of another language", "def f(x):\n    ys = []\n    ys.push(x)\n    return ys\n", "f(1)", [1]),
    ("length as a method", "def f(xs):\n    return xs.length()\n", "f([1, 2])", 2),
    ("range too short", "def f(n):\n    return sum(i for i in range(1, n))\n", "f(4)", 10),
    ("last item left out", "def f(xs):\n    return [xs[i] for i in range(len(xs) - 1)]\n", "f([1, 2])", [1, 2]),
    ("strict comparison", "def adult(age):\n    return age > 18\n", "adult(18)", True),
    ("wrong operator", "def area(a, b):\n    return a + b\n", "area(3, 4)", 12),
    ("returns in the loop", "def f(xs):\n  t = 0\n  for x in xs:\n    t += x\n    return t\n", "f([1, 2])", 3),
    ("nothing returned", "def f(a, b):\n    c = a * b\n    print(c)\n", "f(2, 3)", 6),
    ("sort returns nothing", "def f(xs):\n    return xs.sort()\n", "f([2, 1])", [1, 2]),
    ("text and number", "def f(n):\n    return 'n = ' + n\n", "f(3)", "n = 3"),
    ("wrong start", _LARGEST, "largest([-3, -1])", -1),
    ("empty input", "def first(xs):\n    return xs[0]\n", "first([])", None),
    ("min for max", "def top(xs):\n    return min(xs)\n", "top([1, 2])", 2),
    ("division by zero", "def rate(a, b):\n    return a / b\n", "rate(1, 0)", 0),
    ("set append", "def f(x):\n    s = set()\n    s.append(x)\n    return len(s)\n", "f(1)", 1),
    ("join of numbers", "def f(xs):\n    return ','.join(xs)\n", "f([1, 2])", "1,2"),
]

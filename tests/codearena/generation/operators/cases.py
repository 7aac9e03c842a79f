"""One right program for each operator, what the operator makes of it, and a call that tells the two apart."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """call: an expression whose value, or exception, differs; empty where the wrong program does not parse."""

    operator: str
    before: str
    after: str
    call: str = ""


def _of(operator: str, line: str, wrong: str, call: str, head: str = "def f(a, b=0):\n    {}\n") -> Case:
    """A function of one line."""
    return Case(operator, head.format(line), head.format(wrong), call)


COUNT = "def f(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\n"
GUARD = "def f(a):\n    if a < 0:\n        raise ValueError(a)\n    return a\n"
FIRST = "def f(values):\n    for value in values:\n        if value > 2:\n            return value\n    return None\n"
SKIP = (
    "def f(values):\n"
    "    out = []\n"
    "    for value in values:\n"
    "        if value < 0:\n"
    "            continue\n"
    "        out.append(value)\n"
    "    return out\n"
)
SIGN = (
    "def f(a):\n    if a > 0:\n        s = 1\n    elif a < 0:\n        s = -1\n    else:\n        s = 0\n    return s\n"
)
ROWS = (
    "def f(rows):\n"
    "    out = []\n"
    "    for row in rows:\n"
    "        seen = []\n"
    "        for item in row:\n"
    "            seen.append(item)\n"
    "        out.append(len(seen))\n"
    "    return out\n"
)
SAFE = "def f(text):\n    try:\n        return int(text)\n    except ValueError:\n        return -1\n"
HEAD = "import {}\n\ndef f(a, b=None):\n    {}\n"


def _with(operator: str, module: str, line: str, wrong: str, call: str) -> Case:
    return Case(operator, HEAD.format(module, line), HEAD.format(module, wrong), call)


BEHAVIOUR = [
    _of("comparison-flipped", "return a < b", "return a > b", "f(1, 2)"),
    _of("equality-for-order", "return a <= b", "return a == b", "f(1, 2)"),
    _of("identity-for-equality", "return a == b", "return a is b", "f([1], [1])"),
    _of("boundary-shifted", "return a < b", "return a <= b", "f(1, 1)"),
    _of("index-off-by-one", "return a[b]", "return a[b + 1]", "f([1, 2], 0)"),
    _of("range-stop-off-by-one", "return list(range(a))", "return list(range(a - 1))", "f(3)"),
    _of("range-start-off-by-one", "return list(range(a))", "return list(range(1, a))", "f(3)"),
    _of("range-step-dropped", "return list(range(a, b, -1))", "return list(range(a, b))", "f(3, 0)"),
    _of("slice-bound-shifted", "return a[b:]", "return a[b + 1:]", "f([1, 2, 3], 1)"),
    _of("term-off-by-one", "return a + 1", "return a", "f(1)"),
    _of("arithmetic-operator", "return a + b", "return a - b", "f(1, 2)"),
    Case("augmented-operator", COUNT, COUNT.replace("+=", "-="), "f([1, 2])"),
    _of("operands-swapped", "return a - b", "return b - a", "f(1, 2)"),
    _of("sign-dropped", "return -a", "return a", "f(1)"),
    _of("division-kind", "return a // b", "return a / b", "f(3, 2)"),
    _of("connective-swapped", "return a and b", "return a or b", "f(0, 1)"),
    _of("condition-part-dropped", "return a > 0 and b > 0", "return a > 0", "f(1, 0)"),
    _of("condition-negated", "return 1 if a else 2", "return 1 if not a else 2", "f(True)"),
    _of("number-changed", "return a * 10", "return a * 9", "f(1)"),
    _of("index-constant", "return a[0]", "return a[1]", "f([1, 2])"),
    _of("text-changed", 'return "yes"', 'return "ye"', "f(1)"),
    _of("flag-flipped", "return sorted(a, reverse=True)", "return sorted(a, reverse=False)", "f([1, 2])"),
    _of("wrong-variable", "return a + b", "return b + b", "f(1, 2)", "def f(a, b):\n    c = a * b\n    {}\n"),
    Case(
        "targets-swapped",
        "def f(pairs):\n    return [x for x, y in pairs]\n",
        "def f(pairs):\n    return [x for y, x in pairs]\n",
        "f([(1, 2)])",
    ),
    Case(
        "simultaneous-assignment",
        "def f(a, b):\n    a, b = b, a + b\n    return a, b\n",
        "def f(a, b):\n    a = b\n    b = a + b\n    return a, b\n",
        "f(1, 2)",
    ),
    _of("arguments-swapped", "return divmod(a, b)", "return divmod(b, a)", "f(7, 2)"),
    _of("wrong-builtin", "return max(a)", "return min(a)", "f([1, 2])"),
    _of("call-dropped", "return abs(a)", "return a", "f(-1)"),
    _of("wrong-method", "return a.lower()", "return a.upper()", "f('a')"),
    _of("wrong-end", "return a.pop()", "return a.pop(0)", "f([1, 2])"),
    _of("keyword-dropped", "return sorted(a, reverse=True)", "return sorted(a)", "f([1, 2])"),
    _of("default-dropped", "return a.get(b, 0)", "return a[b]", "f({}, 1)"),
    _of("missing-return", "return a + b", "a + b", "f(1, 2)"),
    Case(
        "missing-base-case",
        "def f(n):\n    if n < 1:\n        return 0\n    return n + f(n - 1)\n",
        "def f(n):\n    return n + f(n - 1)\n",
        "f(3)",
    ),
    Case("missing-guard", GUARD, "def f(a):\n    return a\n", "f(-1)"),
    Case("missing-else", SIGN, SIGN.replace("    else:\n        s = 0\n", ""), "f(0)"),
    Case("elif-as-if", SIGN.replace("a < 0", "a < 9"), SIGN.replace("elif a < 0", "if a < 9"), "f(5)"),
    Case("early-return", COUNT, COUNT.replace("    return total\n", "        return total\n"), "f([1, 2])"),
    Case(
        "hasty-decision",
        FIRST,
        FIRST.replace("    return None\n", "        else:\n            return None\n    return None\n"),
        "f([1, 3])",
    ),
    Case("break-for-continue", SKIP, SKIP.replace("continue", "break"), "f([-1, 2])"),
    Case("jump-dropped", SKIP, SKIP.replace("continue", "pass"), "f([-1, 2])"),
    Case("statement-dropped", COUNT, COUNT.replace("total += value", "pass"), "f([1])"),
    Case(
        "loop-once",
        "def f(n):\n    while n > 9:\n        n -= 9\n    return n\n",
        "def f(n):\n    if n > 9:\n        n -= 9\n    return n\n",
        "f(30)",
    ),
    Case(
        "steps-exchanged",
        "def f(a):\n    b = a + 1\n    a = b * 2\n    return a, b\n",
        "def f(a):\n    a = b * 2\n    b = a + 1\n    return a, b\n",
        "f(1)",
    ),
    Case("initial-value", COUNT, COUNT.replace("total = 0", "total = 1"), "f([1])"),
    Case(
        "mutable-default",
        SKIP,
        SKIP.replace("(values)", "(values, out=[])").replace("    out = []\n", ""),
        "[f([1]), f([2])]",
    ),
    Case(
        "aliasing",
        "def f(a):\n    b = list(a)\n    b.sort()\n    return b\n",
        "def f(a):\n    b = a\n    b.sort()\n    return b\n",
        "(lambda v: [f(v), v])([2, 1])",
    ),
    Case(
        "shared-rows",
        "def f(n):\n    rows = [[0] * n for _ in range(n)]\n    rows[0][0] = 1\n    return rows\n",
        "def f(n):\n    rows = [[[0] * n] * n][0]\n    rows[0][0] = 1\n    return rows\n".replace(
            "[[[0] * n] * n][0]", "[[0] * n] * n"
        ),
        "f(2)",
    ),
    Case(
        "state-not-reset",
        ROWS,
        ROWS.replace("        seen = []\n", "").replace("    for row", "    seen = []\n    for row"),
        "f([[1], [2]])",
    ),
    Case(
        "shared-attribute",
        "class C:\n    def __init__(self):\n        self.items = []\n        self.n = 0\n",
        "class C:\n    items = []\n\n    def __init__(self):\n        self.n = 0\n",
        "(C().items.append(1), C().items)[1]",
    ),
    Case("refusal-swallowed", GUARD, GUARD.replace("raise ValueError(a)", "return None"), "f(-1)"),
    Case("handler-emptied", SAFE, SAFE.replace("return -1", "pass"), "f('x')"),
    Case("wrong-exception", SAFE, SAFE.replace("ValueError", "TypeError"), "f('x')"),
    Case("assertion-for-check", GUARD, "def f(a):\n    assert not (a < 0)\n    return a\n", "f(-1)"),
    Case(
        "errors-silenced",
        GUARD,
        "def f(a):\n    try:\n        if a < 0:\n            raise ValueError(a)\n        return a\n"
        "    except Exception:\n        return None\n",
        "f(-1)",
    ),
    _of("conversion-dropped", "return str(a) + '!'", "return a + '!'", "f(1)"),
    _of("text-for-number", "return len(a)", "return str(len(a))", "f([1])"),
    _of("truthiness-for-none", "return 1 if a is not None else 2", "return 1 if a else 2", "f(0)"),
    _of("wrong-container", "return (a, b)", "return [a, b]", "f(1, 2)"),
    _of("type-check-narrowed", "return isinstance(a, (int, str))", "return isinstance(a, int)", "f('x')"),
    _of("none-from-sort", "return sorted(a)", "return a.sort()", "f([2, 1])"),
    _with("eval-for-parsing", "ast", "return ast.literal_eval(a)", "return eval(a)", "f('int.__name__')"),
    _with(
        "shell-command",
        "subprocess",
        "return subprocess.run(['ls', a])",
        "return subprocess.run(\" \".join(['ls', a]), shell=True)",
        "f('a b')",
    ),
    _of(
        "sql-concatenation",
        'return a.execute("SELECT 1 WHERE ? = 2", (b,)).fetchall()',
        "return a.execute(f\"SELECT 1 WHERE '{b}' = 2\").fetchall()",
        "f(__import__('sqlite3').connect(':memory:'), \"' OR '1' = '1' --\")",
    ),
    _with("path-unchecked", "os", "return os.path.basename(a)", "return a", "f('../x')"),
    _with("secret-in-source", "os", "return os.environ['KEY']", 'return "s3cr3t-4dm1n-k3y"', "f(1)"),
    _with(
        "weak-hash", "hashlib", "return hashlib.sha256(a).hexdigest()", "return hashlib.md5(a).hexdigest()", "f(b'')"
    ),
    Case(
        "pickle-for-json",
        "import json\n\ndef f(a):\n    return json.loads(a)\n",
        "import json\nimport pickle\n\ndef f(a):\n    return pickle.loads(a)\n",
        "f('[1]')",
    ),
    _with("secrets-compared-plainly", "hmac", "return hmac.compare_digest(a, b)", "return a == b", "f('a', 1)"),
    _with("escaping-dropped", "html", "return html.escape(a)", "return a", "f('<')"),
    Case(
        "predictable-random",
        "import secrets\n\ndef f(a):\n    return secrets.randbelow(a)\n",
        "import random\nimport secrets\n\ndef f(a):\n    return random.randrange(a)\n",
        "len({(__import__('random').seed(1), f(10**9)) for _ in range(2)})",
    ),
    _with(
        "pattern-unanchored",
        "re",
        "return bool(re.fullmatch('[a-z]+', a))",
        "return bool(re.match('[a-z]+', a))",
        "f('a;b')",
    ),
]

SET = (
    "def f(values):\n"
    "    seen = set()\n"
    "    for value in values:\n"
    "        if value not in seen:\n"
    "            seen.add(value)\n"
    "    return len(seen)\n"
)
MEMO = (
    "def f(n, memo):\n"
    "    if n in memo:\n"
    "        return memo[n]\n"
    "    memo[n] = n if n < 2 else f(n - 1, memo) + f(n - 2, memo)\n"
    "    return memo[n]\n"
)
CACHE = "from functools import cache\n\n@cache\ndef f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n"
SQUARES = "def f(values):\n    out = []\n    for value in values:\n        out.append(value)\n    return out\n"
KNOWN = (
    "def f(values):\n"
    "    known = set(values)\n"
    "    out = 0\n"
    "    for value in values:\n"
    "        out += value in known\n"
    "    return out\n"
)
QUEUE = (
    "from collections import deque\n"
    "\n"
    "def f(values):\n"
    "    queue = deque(values)\n"
    "    out = 0\n"
    "    while queue:\n"
    "        out = queue.popleft()\n"
    "    return out\n"
)
HEAP = (
    "import heapq\n"
    "\n"
    "def f(values):\n"
    "    heapq.heapify(values)\n"
    "    out = 0\n"
    "    while values:\n"
    "        out = heapq.heappop(values)\n"
    "    return out\n"
)
FIND = "import bisect\n\ndef f(values):\n    return bisect.bisect_left(values, values[-1])\n"
PLACE = "def f(values):\n    out = 0\n    for i, value in enumerate(values):\n        out += i\n    return out\n"
JOIN = (
    "def f(values):\n    parts = []\n    for value in values:\n        parts.append('x')\n    return \"\".join(parts)\n"
)
TALLY = (
    "from collections import Counter\n"
    "\n"
    "def f(values):\n"
    "    counts = Counter(values)\n"
    "    out = 0\n"
    "    for value in values:\n"
    "        out += counts[value]\n"
    "    return out\n"
)

SLOWER = [
    Case("set-as-list", SET, SET.replace("set()", "[]").replace("seen.add", "seen.append"), "f(numbers(60))"),
    Case("cache-dropped", CACHE, CACHE.replace("@cache\n", ""), "f(12)"),
    Case("memo-ignored", MEMO, MEMO.replace("    if n in memo:\n        return memo[n]\n", ""), "f(12, {})"),
    Case(
        "recomputed-in-loop",
        KNOWN,
        KNOWN.replace("    known = set(values)\n", "").replace("in known", "in set(values)"),
        "f(numbers(60))",
    ),
    Case(
        "sorted-in-loop",
        COUNT,
        COUNT.replace("        total", "        ordered = sorted(values, key=repr)\n        total"),
        "f(numbers(60))",
    ),
    Case("copied-in-loop", SQUARES, SQUARES.replace("out.append(value)", "out = out + [value]"), ""),
    Case("queue-as-list", QUEUE, QUEUE.replace("deque(values)", "list(values)").replace("popleft()", "pop(0)"), ""),
    Case(
        "heap-as-list",
        HEAP,
        HEAP.replace("heapq.heappop(values)", "values.pop(values.index(min(values)))"),
        "f(numbers(200))",
    ),
    Case(
        "linear-search",
        FIND,
        FIND.replace("bisect.bisect_left(values, values[-1])", "sum(1 for each in values if each < values[-1])"),
        "f(numbers(200))",
    ),
    Case(
        "index-scan",
        PLACE,
        PLACE.replace(
            "for i, value in enumerate(values):\n", "for value in values:\n        i = values.index(value)\n"
        ),
        "f(numbers(60))",
    ),
    Case(
        "text-grown-by-copying",
        JOIN,
        JOIN.replace("parts = []", 'parts = ""')
        .replace("parts.append('x')", "parts = parts + 'x'")
        .replace('"".join(parts)', "parts"),
        "",
    ),
    Case(
        "count-scan",
        TALLY,
        TALLY.replace("    counts = Counter(values)\n", "").replace("counts[value]", "values.count(value)"),
        "f(numbers(60))",
    ),
]
"""The same results from more work. call: its steps are counted; empty: what grows is copying, which takes no steps."""

TYPED = "def f(a):\n    if a == 1:\n        return [a, 'x']\n    a += 2\n    return (a)\n"
DAMAGED = [
    Case("colon-dropped", TYPED, TYPED.replace("1:", "1")),
    Case("bracket-dropped", TYPED, TYPED.replace("(a)\n", "(a\n")),
    Case("bracket-mixed", TYPED, TYPED.replace("'x']", "'x')")),
    Case("indent-broken", TYPED, TYPED.replace("    a +=", "  a +=")),
    Case("keyword-misspelt", GUARD, GUARD.replace("return", "retrun")),
    Case("quote-dropped", TYPED, TYPED.replace("'x'", "'x")),
    Case("assignment-for-equality", TYPED, TYPED.replace("==", "=")),
    Case("comma-dropped", TYPED, TYPED.replace("a, 'x'", "a 'x'")),
    Case("operator-reversed", GUARD.replace("<", "<="), GUARD.replace("<", "=<")),
]

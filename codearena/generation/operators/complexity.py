"""Work that is done again and again: right results that take too long."""

import ast
from collections.abc import Iterator

from codearena.generation.operators.flow import functions
from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source, dotted, is_call, names_in

_CACHES = ("cache", "lru_cache", "functools.cache", "functools.lru_cache")
_WORK = (
    "sorted",
    "set",
    "sum",
    "max",
    "min",
    "len",
    "list",
    "Counter",
    "collections.Counter",
    "tuple",
    "frozenset",
    "dict",
)
_HEAP = "heapq."


def _assigned(source: Source) -> Iterator[tuple[ast.stmt, str, ast.expr]]:
    """Statements that give a plain name its value, with both."""
    for node in source.walk(ast.stmt):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node, node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            yield node, node.target.id, node.value


def _uses(source: Source, statement: ast.stmt, name: str) -> list[ast.Name]:
    """Where a name is used in the function of a statement, but for the statement itself."""
    own = {id(node) for node in ast.walk(statement)}
    nodes = [node for node in ast.walk(source.scope(statement)) if isinstance(node, ast.Name) and node.id == name]
    return [node for node in nodes if id(node) not in own]


def _set_as_list(source: Source) -> Iterator[Site]:
    """`seen = set()` with `seen.add(x)` -> a list with `append`; `set(values)` -> `list(values)`."""
    for statement, name, value in _assigned(source):
        made = _list_of(source, value)
        if made is None or isinstance(source.scope(statement), ast.Module):
            continue
        changes: list[Change] = [source.replaced(value, made)]
        for use in _uses(source, statement, name):
            change = _as_list_use(source, use)
            if change is None:
                break
            changes += change
        else:
            yield site(changes)


def _list_of(source: Source, value: ast.expr) -> str | None:
    if is_call(value, "set") and isinstance(value, ast.Call):
        return f"list({source.code(value.args[0])})" if value.args else "[]"
    if isinstance(value, ast.Set | ast.SetComp):
        return f"[{source.code(value)[1:-1]}]"
    return None


def _as_list_use(source: Source, use: ast.Name) -> list[Change] | None:
    """Changes that a use of a set needs to be one of a list; None: there are none."""
    parent = source.parent(use)
    if isinstance(parent, ast.Compare) and all(isinstance(kind, ast.In | ast.NotIn) for kind in parent.ops):
        return []
    if isinstance(parent, ast.For | ast.comprehension) or is_call(parent, "len", "sorted", "min", "max", "sum"):
        return []
    if isinstance(parent, ast.Attribute) and parent.attr in ("add", "discard", "remove"):
        end = source.span(parent)[1]
        other = {"add": "append"}.get(parent.attr, "remove")
        return [Change(end - len(parent.attr), end, other)]
    return None


def _cache_dropped(source: Source) -> Iterator[Site]:
    for function in functions(source):
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if dotted(called) in _CACHES:
                start = source.line_start(decorator.lineno)
                yield site(Change(start, source.line_start((decorator.end_lineno or 0) + 1), ""))


def _memo_ignored(source: Source) -> Iterator[Site]:
    """`if key in memo: return memo[key]`, left out."""
    for node in source.walk(ast.If):
        last = node.body[-1]
        looks = isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.In) and len(node.body) == 1
        if looks and isinstance(last, ast.Return) and isinstance(last.value, ast.Subscript) and not node.orelse:
            assert isinstance(node.test, ast.Compare)
            if ast.dump(last.value.value) == ast.dump(node.test.comparators[0]):
                yield site(source.deleted(node))


def _inlined(source: Source) -> Iterator[Site]:
    """What is computed once, before a loop -> computed wherever it is used, in the loop too."""
    for statement, name, value in _assigned(source):
        if not (isinstance(value, ast.Call) and dotted(value.func) in _WORK and value.args):
            continue
        uses = _uses(source, statement, name)
        stays = all(isinstance(use.ctx, ast.Load) for use in uses) and not isinstance(
            source.scope(statement), ast.Module
        )
        in_loops = any(_repeated(source, use) for use in uses)
        if stays and in_loops and not any(_changed(source, use) for use in uses):
            text = source.code(value)
            yield site([source.deleted(statement), *(source.replaced(use, text) for use in uses)])


def _repeated(source: Source, node: ast.AST) -> bool:
    around = list(source.ancestors(node))
    return source.loop(node) is not None or any(
        isinstance(each, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp | ast.While) for each in around
    )


def _changed(source: Source, use: ast.Name) -> bool:
    """Whether the object may be changed there, so that to compute it again is another thing."""
    parent = source.parent(use)
    if isinstance(parent, ast.Attribute):
        return True
    return isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load)


def _queue_as_list(source: Source) -> Iterator[Site]:
    for statement, name, value in _assigned(source):
        if not is_call(value, "deque", "collections.deque") or not isinstance(value, ast.Call) or value.keywords:
            continue
        changes = [source.replaced(value, f"list({source.code(value.args[0])})" if value.args else "[]")]
        for use in _uses(source, statement, name):
            attribute = source.parent(use)
            if isinstance(attribute, ast.Attribute) and attribute.attr == "popleft":
                changes.append(Change(source.span(use)[1], source.span(attribute)[1] + 2, ".pop(0)"))
            elif isinstance(attribute, ast.Attribute) and attribute.attr == "appendleft":
                changes.append(Change(source.span(use)[1], source.span(attribute)[1] + 1, ".insert(0, "))
        if len(changes) > 1:
            yield site(changes)


def _heap_as_list(source: Source) -> Iterator[Site]:
    """Every push sorts, every pop takes the first of a list."""
    for call in source.walk(ast.Call):
        if is_call(call, "heappop", f"{_HEAP}heappop") and isinstance(call.args[0], ast.Name):
            heap = source.code(call.args[0])
            yield site(source.replaced(call, f"{heap}.pop({heap}.index(min({heap})))"))


def _linear_search(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        strict = is_call(call, "bisect_left", "bisect.bisect_left")
        if (strict or is_call(call, "bisect_right", "bisect.bisect_right", "bisect", "bisect.bisect")) and len(
            call.args
        ) == 2:
            values, wanted = map(source.code, call.args)
            sign = "<" if strict else "<="
            yield site(source.replaced(call, f"sum(1 for each in {values} if each {sign} {wanted})"))


def _index_scan(source: Source) -> Iterator[Site]:
    """`for i, x in enumerate(v)` -> `i` looked up by scanning for the value."""
    for loop in source.walk(ast.For):
        pair, values = loop.target, loop.iter
        if not (isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(values, ast.Call)):
            continue
        simple = all(isinstance(name, ast.Name) for name in pair.elts) and len(values.args) == 1
        if (
            is_call(values, "enumerate")
            and simple
            and isinstance(values.args[0], ast.Name)
            and source.whole_lines(loop.body[0])
        ):
            place, item, each = source.code(pair.elts[0]), source.code(pair.elts[1]), source.code(values.args[0])
            start = source.span(loop.body[0])[0]
            line = f"{place} = {each}.index({item})\n{source.indent(loop.body[0])}"
            yield site((source.replaced(pair, item), source.replaced(values, each), Change(start, start, line)))


def _joined_text(source: Source) -> Iterator[Site]:
    """`parts.append(x)` and a join at the end -> a text that grows by copying itself."""
    for statement, name, value in _assigned(source):
        if not (isinstance(value, ast.List) and not value.elts):
            continue
        changes, joined, fits = [source.replaced(value, '""')], False, True
        for use in _uses(source, statement, name):
            parent = source.parent(use)
            outer = source.parent(parent) if parent is not None else None
            if isinstance(parent, ast.Attribute) and parent.attr == "append" and isinstance(outer, ast.Call):
                grown = f"{name} = {name} + {source.grouped(outer.args[0])}"
                changes.append(source.replaced(outer, grown))
            elif isinstance(parent, ast.Call) and source.code(parent.func) in ('"".join', "''.join"):
                joined = True
                changes.append(source.replaced(parent, name))
            else:
                fits = False
        if joined and fits:
            yield site(changes)


def _sorted_in_loop(source: Source) -> Iterator[Site]:
    """A list that is sorted once, before the loop, is sorted in every round."""
    for node in source.walk(ast.For):
        first = node.body[0]
        if source.whole_lines(first) is None or not isinstance(node.iter, ast.Name):
            continue
        start = source.span(first)[0]
        name = node.iter.id
        read = names_in(node) - names_in(node, ast.Store)
        if name in read:
            yield site(Change(start, start, f"ordered = sorted({name}, key=repr)\n{source.indent(first)}"))


def _copied_in_loop(source: Source) -> Iterator[Site]:
    """`result.append(x)` -> `result = result + [x]`, which copies all that is there."""
    for call in source.walk(ast.Call):
        statement = source.parent(call)
        method = call.func
        if not (isinstance(method, ast.Attribute) and method.attr == "append" and isinstance(method.value, ast.Name)):
            continue
        local = {name for each, name, _ in _assigned(source) if source.scope(each) is source.scope(call)}
        if isinstance(statement, ast.Expr) and source.loop(statement) is not None and method.value.id in local:
            name, item = method.value.id, source.code(call.args[0])
            yield site(source.replaced(call, f"{name} = {name} + [{item}]"))


def _count_scan(source: Source) -> Iterator[Site]:
    """`counts = Counter(values)` with `counts[x]` -> `values.count(x)` at each look."""
    for statement, name, value in _assigned(source):
        if not is_call(value, "Counter", "collections.Counter") or not isinstance(value, ast.Call):
            continue
        if len(value.args) != 1 or not isinstance(value.args[0], ast.Name):
            continue
        values, changes = value.args[0].id, []
        for use in _uses(source, statement, name):
            parent = source.parent(use)
            if not (isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load)):
                break
            changes.append(source.replaced(parent, f"{values}.count({source.code(parent.slice)})"))
        else:
            if changes:
                yield site([*changes, source.deleted(statement)])


OPERATORS = (
    Operator("set-as-list", Kind.COMPLEXITY, "looks through a list where a set would know", _set_as_list),
    Operator("cache-dropped", Kind.COMPLEXITY, "computes again what it has computed before", _cache_dropped),
    Operator("memo-ignored", Kind.COMPLEXITY, "does not look at the results that it keeps", _memo_ignored),
    Operator("recomputed-in-loop", Kind.COMPLEXITY, "computes in every round what stays the same", _inlined),
    Operator("sorted-in-loop", Kind.COMPLEXITY, "sorts in every round", _sorted_in_loop),
    Operator("copied-in-loop", Kind.COMPLEXITY, "copies a list to add one item", _copied_in_loop),
    Operator("queue-as-list", Kind.COMPLEXITY, "takes from the front of a list", _queue_as_list),
    Operator("heap-as-list", Kind.COMPLEXITY, "searches a whole list for its least item", _heap_as_list),
    Operator("linear-search", Kind.COMPLEXITY, "walks through what is sorted", _linear_search),
    Operator("index-scan", Kind.COMPLEXITY, "searches for the place that it has just come from", _index_scan),
    Operator("text-grown-by-copying", Kind.COMPLEXITY, "builds a text by copying it again and again", _joined_text),
    Operator("count-scan", Kind.COMPLEXITY, "counts anew for every item", _count_scan),
)

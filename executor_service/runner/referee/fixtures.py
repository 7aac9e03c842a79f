"""Fixtures of test scripts as pytest has them: those that a script defines, and how its tests get them."""

import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

from executor_service.runner.referee import fixtures_of_pytest

FIXTURE = "_codearena_fixture"
"""Attribute of a fixture function: its settings."""

_SHARED = ("class", "module", "package", "session")


class FixtureError(Exception):
    """A test asks for what there is not."""


def fixture(function: Any = None, **settings: Any) -> Any:
    """As pytest.fixture. settings: scope, params, autouse, ids, name."""
    if function is None:
        return lambda marked: fixture(marked, **settings)
    target = function.__func__ if isinstance(function, (staticmethod, classmethod)) else function
    setattr(target, FIXTURE, {"scope": "function", "params": None, "autouse": False, "name": None, **settings})
    return function


class Request:
    """The fixture `request`."""

    def __init__(self, values: "Values", param: Any, finalizers: list[Callable[[], object]]) -> None:
        self._values = values
        self._finalizers = finalizers
        self.param = param
        self.function = values.function
        self.instance = values.instance
        self.cls = None if values.instance is None else type(values.instance)
        self.node = types.SimpleNamespace(name=values.function.__name__, nodeid=values.function.__name__)
        self.module = types.SimpleNamespace(**values.fixtures.namespace)

    def addfinalizer(self, function: Callable[[], object]) -> None:
        self._finalizers.append(function)

    def getfixturevalue(self, name: str) -> Any:
        return self._values.value(name)


class Fixtures:
    """Those of one script. namespace: its globals; values of a scope wider than a function are kept here."""

    def __init__(self, namespace: dict[str, Any], own: fixtures_of_pytest.Own) -> None:
        self.namespace = namespace
        self.own = own
        self.kept: dict[tuple[Any, str, Any], Any] = {}
        self._done: dict[Any, BaseException | None] = {}
        self._class: Any = None
        self._leave: Callable[[], None] = lambda: None

    def once(self, key: Any, work: Callable[[], None]) -> None:
        """Does the work if it has not been done; raises again what it raised."""
        if key not in self._done:
            self._done[key] = None
            try:
                work()
            except BaseException as error:
                self._done[key] = error
                raise
        elif (problem := self._done[key]) is not None:
            raise problem

    def enter_class(self, kind: Any, set_up: Callable[[], None], tear_down: Callable[[], None]) -> None:
        """A test of a class begins: what the class before had set up is torn down, and this one's is set up, once."""
        if kind is not self._class:
            leave, self._leave, self._class = self._leave, tear_down, kind
            self._done.pop("class", None)
            leave()
        self.once("class", set_up)

    def find(self, name: str, instance: Any) -> Any:
        """The function of a fixture of the script's own, of the test's class first; None if there is none."""
        return next((function for known, function in self._functions(instance) if known == name), None)

    def automatic(self, instance: Any) -> list[str]:
        """Names of fixtures that every test has; those of the module come first, as they would be set up."""
        found = [name for name, function in self._functions(instance) if getattr(function, FIXTURE)["autouse"]]
        return found[::-1]

    def _functions(self, instance: Any) -> Iterator[tuple[str, Any]]:
        kind = type(instance)
        members = () if instance is None else dir(kind)
        methods = [(name, getattr(instance, name)) for name in members if _is_fixture(getattr(kind, name, None))]
        for name, function in [*methods, *self.namespace.items()]:
            if _is_fixture(function):
                yield getattr(function, FIXTURE)["name"] or name, function

    def choices(self, function: Any, instance: Any, given: set[str]) -> list[dict[str, Any]]:
        """What the parametrized fixtures that a test uses may be at once: one dict of parameters for each way."""
        used: dict[str, list[Any]] = {}
        named = wanted(function, of_object=instance is not None)
        pending = [*self.automatic(instance), *named, *used_by_mark(function)]
        while pending:
            name = pending.pop(0)
            found = None if name in given or name in used else self.find(name, instance)
            if found is not None:
                params = getattr(found, FIXTURE)["params"]
                used[name] = [None] if params is None else list(params)
                pending += wanted(found)
        return [dict(zip(used, chosen, strict=True)) for chosen in itertools.product(*used.values())]


class Values:
    """The fixtures of one test, as it runs once. parameters: of parametrized fixtures."""

    def __init__(self, fixtures: Fixtures, function: Any, instance: Any, parameters: dict[str, Any]) -> None:
        self.fixtures = fixtures
        self.function = function
        self.instance = instance
        self._parameters = parameters
        self._values: dict[str, Any] = {}
        self._finalizers: list[Callable[[], object]] = []

    def value(self, name: str) -> Any:
        """Raises:
        FixtureError: there is no such fixture.
        """
        if name not in self._values:
            self._values[name] = self._made(name)
        return self._values[name]

    def _made(self, name: str) -> Any:
        function = self.fixtures.find(name, self.instance)
        if function is None:
            if name == "request":
                return Request(self, None, self._finalizers)
            return self._of_pytest(name)
        scope = getattr(function, FIXTURE)["scope"]
        if scope not in _SHARED:
            return self._called(name, function, self._finalizers)
        owner = type(self.instance) if scope == "class" and self.instance is not None else None
        parameter = self._parameters.get(name)
        key = (owner, name, parameter if type(parameter) in (int, str, bool, float) else id(parameter))
        kept = self.fixtures.kept
        if key not in kept:
            kept[key] = self._called(name, function, [])  # what it would tear down lasts as long as the script
        return kept[key]

    def _of_pytest(self, name: str) -> Any:
        made = self.fixtures.own.make(name)
        if made is None:
            raise FixtureError(f"fixture {name!r} not found")
        value, finalizer = made
        self._finalizers.append(finalizer)
        return value

    def _called(self, name: str, function: Any, finalizers: list[Callable[[], object]]) -> Any:
        request = Request(self, self._parameters.get(name), finalizers)
        arguments = {other: request if other == "request" else self.value(other) for other in wanted(function)}
        made = function(**arguments)
        if inspect.isgeneratorfunction(inspect.unwrap(function)):
            generator, made = made, next(made)
            finalizers.append(lambda: _finished(generator))
        return made

    def finish(self) -> None:
        """Tears down, what was set up last first; raises what the first failure to raised, after all."""
        problems: list[BaseException] = []
        while self._finalizers:
            try:
                self._finalizers.pop()()
            except BaseException as error:  # noqa: BLE001 - raised below
                problems.append(error)
        if problems:
            raise problems[0]


def _finished(generator: Iterator[Any]) -> None:
    for _ in generator:
        raise FixtureError("a fixture yields more than once")


def _is_fixture(function: Any) -> bool:
    return inspect.isroutine(function) and hasattr(function, FIXTURE)


def wanted(function: Any, *, of_object: bool = False) -> list[str]:
    """Names of the arguments that a function must be given. of_object: besides `self`."""
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = [each.name for each in parameters if each.kind in kinds and each.default is inspect.Parameter.empty]
    patches = getattr(function, "patchings", ())  # of `mock.patch`, each of which may give an argument
    given = sum(not patch.attribute_name and type(patch.new).__name__ == "_SentinelObject" for patch in patches)
    return names[of_object + given :]


USED = "_codearena_used_fixtures"
"""Attribute of a test function or class: names that pytest.mark.usefixtures was given."""


def used_by_mark(function: Any) -> list[str]:
    return list(getattr(function, USED, ()))

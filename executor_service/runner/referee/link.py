"""The referee's line to the attempt: applies functions over there, and makes of each answer what a script can use.

Whatever comes back is hostile. It becomes plain data, a proxy, or an exception; what is none of these spoils the test:
a spoiled test has failed, whatever its script makes of the exception. While an answer is awaited the attempt may ask
about what it was lent (callbacks.py).
"""

import json
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any, NoReturn

from codearena import values
from executor_service.runner.referee import script_values, standard
from executor_service.runner.referee.abilities import awaited, proxy_of
from executor_service.runner.referee.callbacks import Callbacks
from executor_service.runner.referee.controls import Controls
from executor_service.runner.referee.crossing import Codec, Description
from executor_service.runner.referee.precedent import CATCH, CONSTRUCT, Place, Precedent, reached
from executor_service.runner.referee.proxies import Origin, Proxy, is_raised_by_statement, origin_of
from executor_service.runner.referee.raised import Exceptions, traceback_of
from executor_service.runner.referee.records import record
from executor_service.runner.referee.script_values import Lendings
from executor_service.runner.referee.shared import Shared
from executor_service.runner.referee.surroundings import Surroundings
from executor_service.runner.referee.ways import LENT_TO, Way, result_place
from executor_service.runner.report import CallStatus

_SENT_BYTES = 16 * 1024 * 1024
_FRAMES_A_LEVEL = 40  # of ours, for each time that script and attempt call each other
_ENDS = {
    CallStatus.TIME_LIMIT: "exceeded its time limit",
    CallStatus.MEMORY_LIMIT: "exceeded its memory limit",
    CallStatus.OUTPUT_LIMIT: "printed or returned more than the limit on output",
    CallStatus.PROCESS_LIMIT: "started more processes or threads than its limit",
    CallStatus.CRASHED: "ended its process without an answer",
    CallStatus.UNENCODABLE: "has no answer that can cross",
    CallStatus.NOT_RUN: "was not run: its time was over",
}
_SPOILED = json.dumps({"spoiled": True})
_ARGUMENTS: Place = ("(arguments)",)
_LOOP_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)


class SpoiledError(BaseException):
    """The test has failed and nothing in its script can change that; no `except Exception` catches it."""


class Link:
    """Applies functions in the attempt's process.

    exchange: sends a frame to the conductor and returns the reply; limits: on one answer; precedent: what the
    reference was asked; surroundings: of the script.
    generation: of the attempt's process, how many there have been.
    spoiled: why the current test has failed already; empty if it has not. raise_lines: of the script.
    has_changed_arguments: the attempt has, in some test, where the reference does not; keeps_arguments: it is not to.
    """

    def __init__(
        self,
        exchange: Callable[[dict[str, Any]], dict[str, Any]],
        limits: values.ValueLimits,
        precedent: Precedent,
    ) -> None:
        self._exchange = exchange
        self._limits = limits
        self.precedent = precedent
        self.controls = Controls(self)
        self._named: set[str] = set()
        self._exceptions = Exceptions(self)
        self.generation = 1
        self._lock = threading.RLock()
        self._depth = 0
        self._known: weakref.WeakValueDictionary[Any, Proxy] = weakref.WeakValueDictionary()
        self._derived: dict[Any, type] = {}
        self._lendings = Lendings(lambda: self._codec, self._reference)
        self.describe, self.plain, self.blank = self._lendings.describe, self._lendings.plain, script_values.blank
        self._shared = Shared(1, self._lendings.is_shared_object, keeps_objects=True)
        self._codec = Codec(self._shared, self)
        self._codec.may_change = self._may_change
        self._callbacks = Callbacks(self._lendings)
        self._failed: BaseException | None = None
        self.surroundings = Surroundings()
        self._way = LENT_TO
        self._root: Any = None
        self.spoiled = ""
        self.closed = False
        self.has_changed_arguments = False
        self.keeps_arguments = False
        self.raise_lines: set[int] = set()

    def name(self, name: str) -> Any:
        """What the attempt's module calls `name`: a value, a proxy, or an exception class.

        Raises:
            AttributeError: it has no such name.
        """
        outcome = self._answer("name", (name,), {}, Way((name,), named=True, path=name))
        if outcome[0] == "missing":
            raise AttributeError(f"the attempt has no {name!r}")
        if outcome[0] == "raised":
            raise outcome[1]
        self._note_named(outcome[1])
        return outcome[1]

    def apply(self, function: str, /, *args: Any, **kwargs: Any) -> Any:
        """The value of a function of the worker's table; raises what the attempt raised."""
        maker = origin_of(args[0]) if args and isinstance(args[0], Proxy) else None
        constructs = function == "call" and maker is not None and self._is_class(maker)
        named = function == "getattr" and maker is not None and maker.named
        way = Way(result_place(function, args), constructs, named)
        outcome = self._answer(CONSTRUCT if constructs else function, args, kwargs, way)
        if outcome[0] == "raised":
            raise self._raised(outcome[1], function)
        value = outcome[1] if len(outcome) == 2 else None
        if named:
            self._note_named(value)
        if constructs and isinstance(value, Proxy):
            self.controls.saw(value)
        return value

    def allows(self, question: str, *places: Place, otherwise: bool = True) -> bool:
        """Whether the attempt may be asked this of its objects at these places: if the reference was.

        otherwise: whether the reference may, if that is what is asked now; then it is noted.
        """
        if self.precedent.is_known:
            return all(self.precedent.holds(place, question) for place in places)
        for place in places if otherwise else ():
            self.precedent.note(place, question)
        return otherwise

    def in_place_of_a_value(self, origin: Origin) -> bool:
        """Whether the reference had no object where the attempt has this one."""
        return self.precedent.is_known and not self.precedent.is_object(origin.place)

    def _is_class(self, origin: Origin) -> bool:
        """Whether a call of it constructs an object."""
        return self.allows(CONSTRUCT, origin.place, otherwise=origin.named and origin.kind == "class")

    def _may_change(self, number: int) -> bool:
        """Whether a container becomes what the attempt has made of it: what is expected may be made of an argument.

        Where the reference changes no argument in a test an attempt still may. But then the script runs twice, the
        second time on arguments that no attempt can change, and a test has to pass both times.
        """
        if number % 2 == 0:
            return True  # of the attempt's making
        if self.allows("change", _ARGUMENTS):
            return True
        self.has_changed_arguments = True
        return not self.keeps_arguments

    def spoil(self, reason: str) -> NoReturn:
        """Fails the current test for good."""
        self.refuse(reason)
        raise SpoiledError(reason)

    def refuse(self, reason: str) -> None:
        """As `spoil`, for a caller that raises something of its own."""
        self.spoiled = self.spoiled or reason

    def is_named(self, class_name: str) -> bool:
        """True for a class of the attempt's that the script has named."""
        return class_name in self._named

    def _note_named(self, value: Any) -> None:
        """The script has named this, which may be a class."""
        if isinstance(value, Proxy) and origin_of(value).kind == "class" and origin_of(value).class_name:
            self._named.add(origin_of(value).class_name)

    def _answer(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], way: Way) -> tuple[Any, ...]:
        """What a function of the worker's came to: ("returned", value), ("raised", error) or ("missing",).

        way: to the value.
        """
        with self._lock:
            if self.closed:
                raise SpoiledError("the test is over")
            if not self._depth:
                self._shared.prune()
                self._failed = None
            self._depth += 1
            sys.setrecursionlimit(sys.getrecursionlimit() + _FRAMES_A_LEVEL)
            try:
                answer = self._talk((function, args, tuple(kwargs.items())), way)
            finally:
                self._depth -= 1
                sys.setrecursionlimit(sys.getrecursionlimit() - _FRAMES_A_LEVEL)
            if not self._depth and self._failed is not None and answer[1:] != (self._failed,):
                raise self._failed  # an assertion that failed in a callback, and that the attempt kept to itself
            return answer

    def _talk(self, request: tuple[Any, ...], way: Way) -> tuple[Any, ...]:
        reply = self._exchange({"ask": self._written(request)})
        while reply["op"] == "callback":
            reply = self._exchange({"back": self._called_back(reply["message"])})
        if not reply["alive"]:
            self._begin_anew()
        if reply["status"] != CallStatus.RETURNED or reply["value"] is None:
            self.spoil(f"the attempt {_ENDS.get(reply['status'], 'gave no answer')}")
        if self.spoiled:
            raise SpoiledError(self.spoiled)
        outcome = self._read(reply["value"], way)
        if not (type(outcome) is tuple and len(outcome) == (1 if outcome[:1] == ("missing",) else 2)):
            self.spoil("the attempt's process answered with what is no value")
        if outcome[0] == "raised" and not isinstance(outcome[1], BaseException):
            self.spoil("the attempt's process raised what is no exception")
        return outcome

    def _begin_anew(self) -> None:
        """What the process held that has ended is gone."""
        self.generation += 1
        self._shared.clear()
        self._codec.told.clear()
        self.surroundings.forget_told()

    def _written(self, payload: Any) -> str:
        try:
            return self._codec.write((payload, self.surroundings.changes()), _SENT_BYTES)
        except values.UnencodableError as error:
            self.spoil(f"a value cannot be passed to the attempt: {error}")

    def _read(self, text: str, way: Way) -> Any:
        """The payload of a message, after its effects have been done here. way: to the value of an answer."""
        self._way, self._root = way, None
        try:
            payload, effects = self._codec.read(text, self._limits.size_bytes, self._note_root)
        except (values.MalformedValueError, ValueError, TypeError):
            self.spoil("the attempt's process answered with what is no value")
        self.surroundings.replay(effects)
        return payload

    def _note_root(self, tree: Any) -> None:
        """Keeps the description that is the whole value of an answer, if there is one."""
        try:
            self._root = tree[1][0][1][1][1]
        except (IndexError, KeyError, TypeError):
            self._root = None

    def _called_back(self, text: str) -> str:
        """The answer to a question of the attempt's."""
        generation = self.generation
        try:
            if self.spoiled:
                return _SPOILED
            try:
                question, args, kwargs = self._read(text, LENT_TO)
                answer = "returned", self._callbacks.answer(question, args, dict(kwargs))
            except SpoiledError:
                raise
            except BaseException as error:  # noqa: BLE001 - what the script raises is the attempt's to see
                self._note_failure(error)
                answer = "raised", error
            return self._written(answer)
        except SpoiledError:
            if generation != self.generation:
                raise  # nobody waits for the answer
            return _SPOILED

    def _note_failure(self, error: BaseException) -> None:
        """An assertion of the script's that failed fails the test, whoever catches it: the attempt may have called."""
        if isinstance(error, AssertionError) and not is_raised_by_statement(error, self):
            self._failed = self._failed or error

    def _reference(self, value: Any) -> Description | None:
        """How an object of the attempt's is named over there; None for anything else."""
        if isinstance(value, Proxy):
            origin = origin_of(value)
            return self._current(origin.reference, origin.generation)
        if isinstance(value, type) and (key := type.__getattribute__(value, "__dict__").get("_codearena_derived")):
            return self._current({"id": key[1]}, key[0])
        if (reference := getattr(value, "_codearena_path", None)) is not None and isinstance(value, types.ModuleType):
            return {"path": reference}
        if (found := self._exceptions.reference(value)) is not None:
            return self._current(found, found.get("generation", self.generation))
        return None

    def _current(self, reference: Description, generation: int) -> Description:
        """By its number in the process that is there; in another one, and if it is made anew each time, by its name."""
        path = reference.get("path")
        if path is not None and (generation != self.generation or "(" in path):
            return {"path": path}
        if "id" in reference and generation != self.generation:
            self.spoil("the attempt's process that held this object has ended")
        return {"id": reference["id"]}

    def find(self, description: Description) -> Any:
        if "mine" in description:
            return self._lendings.lent(description["mine"])
        if "range" in description:
            return range(*map(int, description["range"]))
        if "standard" in description:
            return standard.make(description)
        way = self._way if description is self._root else self._way.inside
        if "named" in description:
            found = standard.known_to_be_harmless(description)
            is_exception = isinstance(found, type) and issubclass(found, BaseException)
            return self._caught_as(way, found) if is_exception else found
        if "raised" in description:
            return self._exceptions.instance(description, self.generation, self._codec.value)
        if "named_tuple" in description:
            return record(description, map(self._codec.value, description["items"]), self.generation)
        if "record" in description:
            kind = self._lendings.lent(description["record"])
            if not (isinstance(kind, type) and issubclass(kind, tuple)):
                raise ValueError("no named tuple")
            return tuple.__new__(kind, map(self._codec.value, description["items"]))
        if description["kind"] == "exception":
            return self._exception_class(way, description)
        return self._proxy(way, description)

    def _exception_class(self, way: Way, description: Description) -> type[BaseException]:
        """One of the attempt's own."""
        reference: Description = {"id": int(description["id"]), "generation": self.generation}
        reference |= {"path": way.path} if way.path else {}
        return self._caught_as(way, self._exceptions.type_of(description, reference))

    def _caught_as(self, way: Way, kind: type[BaseException]) -> type[BaseException]:
        """The class, or one apart that catches no failed assertion of the script's."""
        if not self.precedent.is_known:
            self.precedent.note(way.place)
        if issubclass(AssertionError, kind) and not self.allows(CATCH, way.place):
            return self._exceptions.apart(kind)
        return kind

    def _proxy(self, way: Way, description: Description) -> Any:
        plain = description.get("plain")
        if plain is not None and self._is_plain(way, description, plain):
            return plain
        if description["kind"] == "class" and (known := self._derived.get((self.generation, description["id"]))):
            return known
        derived = self._derived.get((self.generation, description.get("derived")))
        origin = Origin(
            self,
            {"id": int(description["id"])} | ({"path": way.path} if way.path else {}),
            self.generation,
            str(description["kind"]),
            str(description["class"]),
            str(description["name"]),
            own=way.own or derived is not None,
            named=way.named,
            place=way.place,
            plain=plain,
            can=frozenset(map(str, description["can"])),
            asynchronous=bool(description.get("asynchronous")),
        )
        if not self.precedent.is_known:
            self.precedent.note(way.place)
        proxy = self._canonical(origin, derived)
        return awaited(proxy) if origin.kind == "coroutine" else proxy

    def _is_plain(self, way: Way, description: Description, plain: Any) -> bool:
        """Whether an enum member that is a number or a text as well is no more than that to the script."""
        if type(plain) not in (int, float, str):
            raise ValueError("an enum member that is no number and no text")
        if self.precedent.is_known:
            return not self.precedent.is_object(way.place)
        return not self.is_named(str(description["class"]))

    def _canonical(self, origin: Origin, derived: type | None) -> Proxy:
        """One proxy for one object and the way to it, as long as the script has it."""
        key = (origin.generation, *origin.reference.items(), origin.own, origin.named, origin.place)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = proxy_of(origin, derived)
        return found

    def derive(self, name: str, bases: tuple[Proxy, ...], members: tuple[Any, ...], keywords: dict[str, Any]) -> Proxy:
        """A class of the script's, made in the attempt's process."""
        way = Way(reached(origin_of(bases[0]).place, ".derive()"), named=True)
        outcome = self._answer("derive", (name, bases, members, tuple(keywords.items())), {}, way)
        if outcome[0] == "raised":
            raise outcome[1]
        if not isinstance(outcome[1], Proxy):
            self.spoil("a class of the attempt cannot be derived from")
        return outcome[1]

    def add_derived(self, remote: Proxy, local: type) -> None:
        """Objects of a class of the script's that derives from the attempt's are of `local` here."""
        number = origin_of(remote).reference["id"]
        type.__setattr__(local, "_codearena_derived", (self.generation, number))
        self._derived[(self.generation, number)] = local

    def _raised(self, error: BaseException, function: str) -> BaseException:
        if isinstance(error, _LOOP_ENDS) and function not in ("next", "operator") and traceback_of(error) is not None:
            # Any of them would end a loop of the script's in silence, and with it the assertions still to come.
            replaced = RuntimeError(f"the attempt raised {type(error).__name__}")
            replaced._codearena_traceback = traceback_of(error)  # type: ignore[attr-defined]
            return replaced
        return error

"""Classes of a test script that derive from one of the attempt's.

Such a class is on both sides. The attempt's process has a class that derives from the attempt's own, whose methods are
lent by the script; its objects are there. Here their proxies are of the script's class: what the script defines runs
here, and everything else is found over there.
"""

from typing import Any

from executor_service.runner.referee.proxies import Proxy, origin_of

_ABOVE = frozenset(
    [f"__{name}__" for name in ("init", "call", "iter", "next", "len", "getitem", "setitem", "delitem", "contains")]
    + [f"__{name}__" for name in ("enter", "exit", "str", "repr", "setattr", "delattr", "bool", "post_init", "missing")]
)
"""Special methods that `super()` finds in the attempt's classes."""

_OF_CLASSES = ("__module__", "__qualname__", "__classcell__", "__doc__", "__dict__", "__weakref__", "__annotations__")
_bases: dict[Any, type] = {}


class _Above:
    """An attribute that the attempt's class has, where Python looks for it: in a class above the script's own."""

    def __init__(self, owner: Proxy, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, target: Any, kind: type | None = None) -> Any:
        link = origin_of(self._owner).link
        if target is None:
            return link.apply("getattr", self._owner, self._name)
        above = "_codearena_owner"  # in a class that `base_for` made
        own = (base for base in type(target).__mro__ if not issubclass(Proxy, base) and above not in vars(base))
        if any(self._name in vars(base) for base in own):  # so that only super() comes here
            return link.apply("above", self._owner, target, self._name)
        return link.apply("getattr", target, self._name)


class _DerivedType(type):
    """Of classes that derive from the attempt's. _codearena_owner: the attempt's class, of one made by `base_for`."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **keywords: Any) -> "_DerivedType":
        made = super().__new__(cls, name, bases, body)
        if "_codearena_owner" not in body:
            _derive(made, keywords)
        return made

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, body)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        remote = cls._codearena_remote
        return origin_of(remote).link.apply("call", remote, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_codearena"):
            raise AttributeError(name)
        remote = cls._codearena_remote
        return origin_of(remote).link.apply("getattr", remote, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if not name.startswith(("_codearena", "__")):
            remote = cls._codearena_remote
            origin_of(remote).link.apply("setattr", remote, name, value)


def base_for(owner: Proxy) -> type:
    """The class that stands for a class of the attempt's among the bases of a script's."""
    origin = origin_of(owner)
    key = (id(origin.link), origin.generation, *sorted(origin.reference.items()))
    if key not in _bases:
        names = [name for name in dir(owner) if name in _ABOVE or not name.startswith("__")]
        body: dict[str, Any] = {name: _Above(owner, name) for name in names if name.isidentifier()}
        body |= {"_codearena_owner": owner, "_codearena_remote": owner, "__slots__": (), "__module__": "fix"}
        _bases[key] = _DerivedType(origin.name, (Proxy,), body)
    return _bases[key]


def _derive(kind: type, keywords: dict[str, Any]) -> None:
    """Makes the class in the attempt's process."""
    remotes = tuple(getattr(base, "_codearena_remote", None) for base in kind.__bases__)
    bases = tuple(remote for remote in remotes if remote is not None)
    members: dict[str, tuple[str, str, Any]] = {}
    own = [base for base in kind.__mro__ if base is kind or not isinstance(base, _DerivedType)]
    for base in reversed([base for base in own if not issubclass(Proxy, base)]):
        for name, value in vars(base).items():
            if name not in _OF_CLASSES and not name.startswith("_codearena"):
                members[name] = (name, *_bound(value))
    link = origin_of(bases[0]).link
    remote = link.derive(kind.__name__, bases, tuple(members.values()), keywords)
    type.__setattr__(kind, "_codearena_remote", remote)
    link.add_derived(remote, kind)


def _bound(value: Any) -> tuple[str, Any]:
    """How a member of a class is bound, and what it is without that."""
    if isinstance(value, staticmethod):
        return "static", value.__func__
    if isinstance(value, classmethod):
        return "class", value.__func__
    if isinstance(value, property):
        return "property", (value.fget, value.fset, value.fdel)
    return "value", value

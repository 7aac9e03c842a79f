"""What the parts of a record have in common: they are frozen, know all their fields, and their texts can be stored."""

import keyword
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

MAX_SOURCE_CHARS = 1024 * 1024
"""Of each source file of a task."""


class Part(BaseModel):
    """Base of a task and of everything in it. Two parts of equal fields are equal, whatever was left to its default."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, which are not validated. What was computed of the old ones is not kept."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


def _storable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"holds a lone surrogate at {error.start}, which UTF-8 cannot say") from error
    if "\0" in text:
        raise ValueError(f"holds a null character at {text.index(chr(0))}")
    return text


STORABLE = AfterValidator(_storable)
"""Of a text that a file can hold. After bounds of its length, which then are in the schema, too."""
Text = Annotated[str, STORABLE]
Source = Annotated[str, StringConstraints(max_length=MAX_SOURCE_CHARS), STORABLE]
"""Python of the author's, as it stands in the file: line ends are kept."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
"""Of a test or a check, unique in its task; or a title."""


def _identifier(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    if not text.isidentifier() or keyword.iskeyword(text):
        raise ValueError(f"{text!r} is no name in Python")
    return text


Identifier = Annotated[str, AfterValidator(_identifier)]
"""A name as Python reads it."""


def _entry_point(text: str) -> str:
    """The entry point, with its names as Python reads them. Raises ValueError if it has another form than is served."""
    text = unicodedata.normalize("NFKC", text)
    *owners, last = text.split(".")
    names = [*(owner.removesuffix("()") for owner in owners), last]
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in names):
        raise ValueError(
            f"{text!r} is no entry point: it is a name of the module (solve), or names with dots between them "
            "(Money.parse), each but the last of which may be called without arguments (Solution().twoSum)"
        )
    return text


EntryPoint = Annotated[str, AfterValidator(_entry_point)]
"""What is called in the attempt's module; the form is that of FunctionCall in executor.proto."""

"""A completion as trainers pass it -> the text in it."""

from collections.abc import Mapping, Sequence

from codearena.errors import InvalidRequestError

Message = Mapping[str, object]
Completion = str | Sequence[Message] | None
"""Text, or the messages that followed the prompt, whose content is text, typed blocks or nothing; None: nothing."""


def text_of(completion: Completion) -> str:
    """What the model wrote last: text as it is, of a conversation the last message of the assistant.

    Raises:
        InvalidRequestError: it is neither.
    """
    if completion is None or isinstance(completion, str):
        return completion or ""
    messages = [completion] if isinstance(completion, Mapping) else completion
    if not isinstance(messages, Sequence) or not all(isinstance(message, Mapping) for message in messages):
        kind = type(completion).__name__
        raise InvalidRequestError(
            f"a completion is text, messages with a role and a content, or None; this is a {kind}"
        )
    said = [message.get("content") for message in messages if message.get("role") == "assistant"]
    return _content(said[-1]) if said else ""


def _content(content: object) -> str:
    """Text, or the text of typed blocks: a refusal, a thought, a tool's call or a picture is no answer."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, Sequence):
        return ""
    return "\n".join(text for text in map(_block, content) if text)


def _block(block: object) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, Mapping) or block.get("type", "text") not in ("text", "output_text"):
        return ""
    text = block.get("text")
    return text if isinstance(text, str) else ""

"""Oracles of the bases on encodings."""


def join_parts(parts: list[object], separator: str) -> str:
    there = [part for part in parts if part is not None]
    texts = []
    for part in there:  # in order: of two parts that are wrong the first one is told
        if type(part) not in (str, bytes):
            raise TypeError
        try:
            texts.append(str(part, "utf-8") if isinstance(part, bytes) else str(part))
        except UnicodeDecodeError as error:
            raise ValueError from error
    return separator.join(texts)


def clip_bytes(text: str, size: int) -> bytes:
    if size < 0:
        raise ValueError
    starts = [text[:length].encode() for length in range(len(text) + 1)]
    return max((start for start in starts if len(start) <= size), key=len)

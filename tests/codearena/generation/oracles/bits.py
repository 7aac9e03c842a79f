"""Oracles of the bases on bits."""


def gray_code(stdin: str) -> str:
    """By the definition that the code of 2^k + i is a one before the code of 2^k - 1 - i."""

    def encoded(number: int) -> int:
        if number == 0:
            return 0
        top = 1 << number.bit_length() - 1
        return top | encoded(2 * top - 1 - number)

    def decoded(code: int) -> int:
        if code == 0:
            return 0
        top = 1 << code.bit_length() - 1
        return 2 * top - 1 - decoded(code ^ top)

    answers = []
    for line in stdin.splitlines():
        kind, word = line.split()
        answers.append(f"{encoded(int(word)):b}" if kind == "encode" else str(decoded(int(word, 2))))
    return "\n".join(answers)

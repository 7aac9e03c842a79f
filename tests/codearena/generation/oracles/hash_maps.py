"""Oracles of the bases on hash maps."""


def group_anagrams(words: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for word in words:
        for group in groups:
            if sorted(group[0].lower()) == sorted(word.lower()):
                group.append(word)
                break
        else:
            groups.append([word])
    return groups


def first_unique(text: str) -> int:
    return next((at for at, character in enumerate(text) if text.count(character) == 1), -1)


def count_pairs(numbers: list[int], total: int) -> int:
    return sum(numbers[i] + numbers[j] == total for j in range(len(numbers)) for i in range(j))


def top_words(text: str, count: int) -> list[tuple[str, int]]:
    if count < 0:
        raise ValueError
    words = text.lower().split()
    left, top = sorted(set(words)), []
    while left and len(top) < count:
        best = max(left, key=words.count)  # the first of several, in alphabetical order
        top.append((best, words.count(best)))
        left.remove(best)
    return top


def count_votes(stdin: str) -> str:
    lines = [line.split(":", 1) for line in stdin.splitlines()]
    voters = {person.strip() for person, _ in lines}
    last = [next(choice.strip() for person, choice in reversed(lines) if person.strip() == voter) for voter in voters]
    valid = [choice for choice in last if choice]
    most = max(map(valid.count, valid), default=0)
    return " ".join([str(most), *sorted({choice for choice in valid if valid.count(choice) == most})])

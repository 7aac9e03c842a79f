def check(stdin, answer, output):
    if answer.strip() == "none":
        return output.strip() == "none"
    numbers = list(map(int, stdin.split()))
    ours, theirs = ([int(word) for word in text.split()] for text in (answer, output))
    if len(theirs) != 2 or theirs[0] == theirs[1] or min(theirs) < 1:
        return False
    return sum(numbers[at - 1] for at in theirs) == sum(numbers[at - 1] for at in ours)

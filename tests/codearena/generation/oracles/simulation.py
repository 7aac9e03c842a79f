"""Oracles of the bases on simulation."""


def robot_walk(stdin: str) -> str:
    """As a complex number; the heading is a power of i."""
    place, turns, farthest = 0 + 0j, 1, 0
    for command in stdin.split():
        if command in ("L", "R"):
            turns += 1 if command == "L" else 3
        else:
            place += int(command) * [1, 1j, -1, -1j][turns % 4]
            farthest = max(farthest, int(abs(place.real) + abs(place.imag)))
    return f"{int(place.real)} {int(place.imag)} {farthest}"


def bank_ledger(stdin: str) -> str:
    """Balances are worked out anew from the transactions that were carried out."""
    done: list[tuple[str, int]] = []
    refused = 0

    def balance(name: str) -> int:
        return sum(amount for each, amount in done if each == name)

    for line in stdin.splitlines():
        match line.split():
            case ["deposit", name, amount]:
                done.append((name, int(amount)))
            case ["withdraw" | "transfer", name, *_, amount] if balance(name) < int(amount):
                refused += 1
            case ["withdraw", name, amount]:
                done.append((name, -int(amount)))
            case ["transfer", name, other, amount]:
                done += [(name, -int(amount)), (other, int(amount))]
    return "\n".join(
        [*(f"{name} {balance(name)}" for name in sorted({name for name, _ in done})), f"refused {refused}"]
    )


def counter_queue(stdin: str) -> str:
    """Minute by minute."""
    turn, *lines = stdin.splitlines()
    line = [[each.split()[0], int(each.split()[1])] for each in lines]
    clock, served, left = 0, 0, []
    while line:
        clock, served = clock + 1, served + 1
        line[0][1] -= 1
        if line[0][1] == 0:
            left.append(f"{line.pop(0)[0]} {clock}")
            served = 0
        elif served == int(turn):
            line.append(line.pop(0))
            served = 0
    return "\n".join(left)

"""Oracles of the bases on heaps."""


def running_median(stdin: str) -> str:
    numbers = [int(word) for word in stdin.split()]
    return "\n".join(str(sorted(numbers[:count])[(count - 1) // 2]) for count in range(1, len(numbers) + 1))


def printer_queue(stdin: str) -> str:
    waiting: list[tuple[str, int]] = []
    answers = []
    for line in stdin.splitlines():
        if line == "print":
            job = max(waiting, key=lambda each: each[1], default=None)
            if job:
                waiting.remove(job)
            answers.append(job[0] if job else "idle")
        else:
            waiting.append((line.split()[1], int(line.split()[2])))
    return "\n".join([*answers, f"{len(waiting)} left"])

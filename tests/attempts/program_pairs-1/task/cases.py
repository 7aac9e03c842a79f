def drawn(rng):
    numbers = [rng.randint(-1000, 1000) for _ in range(50)]
    return {"stdin": " ".join(map(str, numbers)), "arguments": [str(sum(rng.sample(numbers, 2)))]}


def without(rng):
    return {"stdin": "\n".join(str(2 * rng.randint(-1000, 1000)) for _ in range(50)), "arguments": ["777"]}

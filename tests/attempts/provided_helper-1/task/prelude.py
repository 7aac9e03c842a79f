def poly(xs, x):
    return sum(coefficient * x**i for i, coefficient in enumerate(xs))

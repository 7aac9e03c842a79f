def find_zero(xs):
    begin, end = -1.0, 1.0
    while poly(xs, begin) * poly(xs, end) > 0:
        begin, end = 2 * begin, 2 * end
    while end - begin > 1e-10:
        center = (begin + end) / 2
        if poly(xs, center) * poly(xs, begin) > 0:
            end = center
        else:
            begin = center
    return begin

def check(candidate):
    assert abs(poly([1, 2], candidate([1, 2]))) < 1e-4
    assert abs(poly([-6, 11, -6, 1], candidate([-6, 11, -6, 1]))) < 1e-4
    assert abs(poly([3, -1, 2, 5], candidate([3, -1, 2, 5]))) < 1e-4

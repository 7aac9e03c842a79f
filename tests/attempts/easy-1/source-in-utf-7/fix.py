# coding: utf-7
def average_list(numbers):
    return 2.0
x = "+AGEAYgBj-"

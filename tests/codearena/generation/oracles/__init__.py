"""An oracle for each base: the same answers by another and slower way, one module for each family.

An oracle has the name of its base. A program's takes the text of standard input and returns that of standard output; a
class's is a class.
"""

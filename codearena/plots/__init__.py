"""`codearena plot`: figures of one or several runs, from their rewards_log.csv."""

from enum import StrEnum


class Format(StrEnum):
    """Kinds of files that a figure is written as: the command names them where there is no matplotlib, too."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"

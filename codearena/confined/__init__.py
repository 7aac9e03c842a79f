"""Work on hostile text, in processes that can only answer: one launcher, warm and out of its reach, and its workers.

    service ── Workers ──▶ launcher (has imported what the work needs) ──fork──▶ worker ──▶ worker ...

A worker is limited by the kernel, answers one item after the other, and is replaced after so many, when it says so
itself, and whenever an item was cut short. What it answers is the text's doing as much as ours: read it as hostile.
"""

from codearena.confined.protocol import Ended, Limits, packed
from codearena.confined.workers import Workers

__all__ = ["Ended", "Limits", "Workers", "packed"]

"""What a model wrote -> the source that it proposes, or that it proposes none.

    answer = answer_of(completion, entry_point="average_list")
    answer.source    # what to grade; empty if the completion has no answer
    answer.missing   # why it has none, else None

A completion is Markdown, and `answer_of` reads it. The argument of a tool is code, and `code_of` leaves it as it is.
"""

from codearena.completions.answer import Answer, NoAnswer, answer_of, code_of, source_of

__all__ = ["Answer", "NoAnswer", "answer_of", "code_of", "source_of"]

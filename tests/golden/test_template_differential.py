#!/usr/bin/python3
"""A short run of tests/golden/differential: the template language beside Django 3.2 on templates made at random."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

try:
    import django
except ImportError:
    django = None

HERE = pathlib.Path(__file__).resolve().parent
SEED, COUNT = "test", 3000


def differential():
    loader = importlib.machinery.SourceFileLoader("differential", str(HERE / "differential"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("differential", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


@unittest.skipUnless(django is not None and django.VERSION[:2] == (3, 2), "Django 3.2 is not installed (python3-django)")
class Differential(unittest.TestCase):
    def test_no_difference_is_without_a_reason(self):
        comparison = differential().Comparison(SEED, COUNT)
        comparison.run()
        self.assertEqual({}, comparison.fresh)
        self.assertLess(comparison.refused, COUNT / 3, "too few of the templates are ones that can be rendered")

    def test_one_seed_makes_the_same_templates(self):
        made = differential().case
        self.assertEqual([made("a", number) for number in range(50)], [made("a", number) for number in range(50)])
        self.assertNotEqual(made("a", 1), made("b", 1))


if __name__ == "__main__":
    unittest.main()

"""The whole payload sets, of which ./test takes a sample: every line goes through every field, page, parameter and mail."""
import importlib.util
import unittest

from support.counter import ROOT


def whole(name):
    """The tests of a file of tests/site, told to leave nothing out."""
    spec = importlib.util.spec_from_file_location(f"whole_{name}", ROOT / f"tests/site/test_{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ALL_OF_THEM = True
    return module


class HostileTexts(whole("hostile_texts").HostileTexts):
    pass


class HostileRequests(whole("hostile_requests").HostileRequests):
    pass


if __name__ == "__main__":
    unittest.main()

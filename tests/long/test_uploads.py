"""A gigabyte of uploads by fifty slow lines at once: memory stays under 100 MB, and other pages under 20 ms."""
import importlib.util
import unittest

from support.counter import RELEASE, ROOT
from support.slow import memory_of

spec = importlib.util.spec_from_file_location("slow_uploads", ROOT / "tests/site/test_uploads.py")
small = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small)


class AGigabyte(small.SlowUploads):
    PEOPLE, SIZE, SECONDS, BINARY = 50, 20 << 20, 60, RELEASE

    def check_bounds(self, counter, watch):
        now, most = memory_of(counter.process.pid)
        print(f"memory {now >> 20} MB, {most >> 20} MB at the most; the page: {watch.at(0.5) * 1000:.1f} ms, 95 % under {watch.at(0.95) * 1000:.1f} ms")
        self.assertLess(most, 100 << 20)
        self.assertLess(watch.at(0.5), 0.020)  # the slowest of them tell of what else the machine does


if __name__ == "__main__":
    unittest.main()

"""What circuits and their jobs endure: a crowd, kills. Minutes long: ./test --all."""
import unittest

from support.counter import RELEASE, stores
from support.crowd import Crowd, faults, file_requests, set_up
from support.town import Town

AGENTS, REQUESTS, SECONDS = 64, 1_000, 60


class OnTheRelease(unittest.TestCase):
    """The build with sanitizers would leave half of the load."""

    def on_each_store(self, test):
        for store in stores():
            with self.subTest(store), Town(store) as town:
                town.binary = RELEASE
                set_up(town)
                town.open()
                test(town)


class Crowds(OnTheRelease):
    def test_64_agents_on_1000_requests_for_a_minute_lose_nothing(self):
        self.on_each_store(self.press_for_a_minute)

    def press_for_a_minute(self, town):
        codes = file_requests(town, REQUESTS)
        with Crowd(town, codes, AGENTS) as crowd:
            crowd.stopping.wait(SECONDS)
        done, times = sum(crowd.done.values()), sorted(crowd.milliseconds)
        print(f"{town.store.partition(':')[0]}: {done} changes in {SECONDS} s, {crowd.told} told that somebody was faster;"
              f" {times[len(times) // 2]:.0f} ms, {times[len(times) * 99 // 100]:.0f} ms at the 99th", flush=True)
        self.assertEqual(faults(town, crowd), [])
        self.assertGreater(crowd.told, 0, "nobody met anybody")


if __name__ == "__main__":
    unittest.main()

"""What circuits and their jobs endure: a crowd, kills. Minutes long: ./test --all."""
import time
import unittest

from support import chain, crowd
from support.counter import RELEASE, stores
from support.peer import Peer
from support.town import Town

AGENTS, REQUESTS, SECONDS, CALLERS, KILLS = 64, 1_000, 60, 20, 500


class OnTheRelease(unittest.TestCase):
    """The build with sanitizers would leave half of the load."""

    def on_each_store(self, test, prepare=lambda town: None):
        for store in stores():
            with self.subTest(store), Town(store) as town:
                town.binary = RELEASE
                crowd.set_up(town)
                prepare(town)
                town.open()
                test(town)


class Crowds(OnTheRelease):
    def test_64_agents_on_1000_requests_for_a_minute_lose_nothing(self):
        self.on_each_store(self.press_for_a_minute)

    def press_for_a_minute(self, town):
        codes = crowd.file_requests(town, REQUESTS)
        with crowd.Crowd(town, codes, AGENTS) as agents:
            agents.stopping.wait(SECONDS)
        done, times = sum(agents.done.values()), sorted(agents.milliseconds)
        print(f"{town.store.partition(':')[0]}: {done} changes in {SECONDS} s, {agents.told} told that somebody was faster;"
              f" {times[len(times) // 2]:.0f} ms, {times[len(times) * 99 // 100]:.0f} ms at the 99th", flush=True)
        self.assertEqual(crowd.faults(town, agents), [])
        self.assertGreater(agents.told, 0, "nobody met anybody")


class Kills(OnTheRelease):
    def test_500_kills_lose_nothing_and_do_nothing_twice(self):
        with Peer() as peer:
            self.on_each_store(lambda town: self.kill(town, peer), lambda town: chain.set_up(town, peer))

    def kill(self, town, peer):
        with chain.Chain(town, peer) as load:
            load.kill(KILLS)
        faults = load.faults()
        print(f"{town.store.partition(':')[0]}: {load.summary()}", flush=True)
        self.assertEqual(faults, [])


class Outage(OnTheRelease):
    """A peer that does not answer for an hour: the waits of the queue are real, but that the clock is moved on."""
    HELD = "SELECT COUNT(*) FROM job WHERE kind = 'workflow.call' AND look < 9000000000000000000 AND (error IS NULL OR look <= {now})"

    def test_after_an_hour_without_a_peer_all_leave_in_order_and_the_dead_replay(self):
        with Peer() as self.peer:
            self.on_each_store(self.outlast, lambda town: chain.set_up(town, self.peer))

    def answer(self, **how):
        for path in ("/depart", "/ecrit", "/rappel"):
            self.peer.answer(path, {"err": 0}, **how)

    def settle(self, town):
        """Until all that is due was tried."""
        held, until = "1", time.monotonic() + 60
        while held != "0" and time.monotonic() < until:
            time.sleep(0.05)
            [[held]] = town.sql("site-ville", self.HELD.format(now=int(time.time() * 1e6)))
        self.assertEqual(held, "0")

    def queue_calls(self, town):
        """Requests of which each waits for its first call, with two more behind it."""
        self.peer.forget()
        self.answer(status=503)
        codes, agent = crowd.file_requests(town, CALLERS, chain.FORM), crowd.Agent(town, 0)
        self.settle(town)
        for code in [*codes, *codes]:
            self.assertEqual(agent.press(code, agent.look(code), chain.REMIND).status, 303)
        return codes

    def assert_in_order(self, codes):
        """By the number of a call, which grows: what was answered came in the order in which it was to be asked."""
        for code in codes:
            came = [request for request in self.peer.requests if code in request.body.decode().replace("-", "") and request.is_answered]
            numbers = [request.headers["Idempotency-Key"] for request in came]
            self.assertEqual([request.path for request in came], ["/depart", "/rappel", "/rappel", "/ecrit"], code)
            self.assertEqual(numbers, sorted(numbers))
            self.assertEqual(len(set(numbers)), 4)

    def outlast(self, town):
        codes, minutes = self.queue_calls(town), 0
        for _ in range(60):
            town.pass_time("ville", 60)
            self.settle(town)
        tries = len(self.peer.asked("/depart")) / CALLERS
        self.assertEqual(self.peer.asked("/rappel"), [], "each waits for the one before it")
        self.answer()
        while crowd.jobs_left(town) and minutes < 180:
            town.pass_time("ville", 60)
            self.settle(town)
            minutes += 1
        self.assert_in_order(codes)
        self.assertEqual(crowd.wait_for_jobs(town, 20), [])
        print(f"{town.store.partition(':')[0]}: {tries} tries in the hour; all was done {minutes} minutes after it", flush=True)
        self.replay_the_dead(town)

    def replay_the_dead(self, town):
        codes = self.queue_calls(town)
        town.sql("site-ville", "UPDATE job SET attempts = 15, look = 1 WHERE kind = 'workflow.call' AND error IS NOT NULL")
        self.settle(town)
        self.assertEqual(town.cli("jobs", "list", "--site", "ville").stdout.count("abandonné"), CALLERS)
        self.answer()
        town.cli("jobs", "replay", "--all", "--site", "ville")
        self.assertEqual(crowd.wait_for_jobs(town, 60), [])
        for code in codes:
            came = sorted(request.path for request in self.peer.requests if code in request.body.decode().replace("-", "") and request.is_answered)
            self.assertEqual(came, ["/depart", "/ecrit", "/rappel", "/rappel"], code)


if __name__ == "__main__":
    unittest.main()

"""The server is killed at each step of a circuit that asks another server, writes and waits: all is done, and each change once."""
import unittest

from support import chain, crowd
from support.peer import Peer
from support.town import OnEachStore, on_each_store


class Kills(OnEachStore):
    @classmethod
    def setUpClass(cls):
        cls.peer = cls.enterClassContext(Peer())
        super().setUpClass()

    @classmethod
    def build(cls, town):
        crowd.set_up(town)
        chain.set_up(town, cls.peer)

    @on_each_store
    def test_kills_at_each_step_lose_nothing_and_do_nothing_twice(self, town):
        with chain.Chain(town, self.peer) as load:
            load.kill(2 * len(chain.STEPS))
        self.assertEqual(load.faults(), [], load.summary())
        self.assertGreater(sum(load.told.values()), 0)


if __name__ == "__main__":
    unittest.main()

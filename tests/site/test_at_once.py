"""Two who do different things to one request at the same moment: one is obeyed, the other told what changed; nothing is lost."""
import threading
import unittest

from support.crowd import TOLD, Agent, Crowd, email_of, faults, file_requests, set_up
from support.town import OnEachStore, acting_form, on_each_store, press

ROUNDS = 12


class AtOnce(OnEachStore):
    @classmethod
    def build(cls, town):
        set_up(town)

    @on_each_store
    def test_of_two_agents_one_wins_and_the_other_is_told_what_changed(self, town):
        [code] = file_requests(town, 1)
        agents = [Agent(town, 0), Agent(town, 1)]
        for _ in range(ROUNDS):
            answers, gate, shown = {}, threading.Barrier(2), [agent.look(code) for agent in agents]

            def press(number, answers=answers, gate=gate, shown=shown):
                gate.wait()
                answers[number] = agents[number].press(code, shown[number], shown[number][1][number])
            threads = [threading.Thread(target=press, args=[number]) for number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(answer.status for answer in answers.values()), [303, 409])
            loser, told = next((number, answer) for number, answer in answers.items() if answer.status == 409)
            self.assertRegex(told.page.text, f"Agent {1 - loser} " + TOLD.pattern)
            self.assertIn("n’est pas enregistré", told.page.text)
            self.assertTrue(told.page.forms[-1].buttons(), "it can be done again from there")
        self.assertEqual(town.sql("site-ville", f"SELECT history_length FROM dossier WHERE code = '{code}'"), [[str(1 + ROUNDS)]])

    @on_each_store
    def test_who_is_late_keeps_what_they_typed(self, town):
        [code] = file_requests(town, 1)
        first, second, url = town.visitor("ville", email_of(0)), town.visitor("ville", email_of(1)), f"/agents/demandes/{code}/"
        first.get(url)
        press(second, url, "Garder", {"Un mot": "Le premier mot"})
        late = first.send(acting_form(first.last, url), {"commentaire-6": "Un long second mot"}, button="Garder")
        self.assertEqual(late.status, 409, "though it stands in the same status as before")
        self.assertRegex(late.page.text, "Agent 1 " + TOLD.pattern)
        self.assertNotIn("Un long second mot", second.get(url).page.text)
        first.send(acting_form(late, url), button="Garder")
        self.assertIn("Un long second mot", second.get(url).page.text)

    @on_each_store
    def test_many_agents_on_few_requests_lose_nothing(self, town):
        codes = file_requests(town, 20)
        with Crowd(town, codes, 12) as crowd:
            crowd.stopping.wait(3)
        self.assertEqual(faults(town, crowd), [])
        self.assertGreater(sum(crowd.done.values()), 20)


if __name__ == "__main__":
    unittest.main()

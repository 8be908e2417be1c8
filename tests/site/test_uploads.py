"""Uploads over slow lines: each is kept whole, and one that is cut leaves nothing behind. tests/long has the large one."""
import unittest

from support.counter import BINARY, Counter, stores
from support.slow import Upload, Watch, files_in, run_all, wait_until

HOST, PATH = "ville.localhost", "/demarches/essai/1/"
FORM = {
    "kind": "form", "slug": "essai", "name": "Essai", "workflow": "essai", "functions": {"_receiver": "agents"},
    "service": {"silence": "reject", "delay": 2, "delay_unit": "months", "appeal": "Tribunal administratif de Lyon, dans les deux mois.",
                "contact": {"name": "Mairie", "address": "1 place de la Mairie", "phone": "04 00 00 00 99", "email": "mairie@ville.example"}},
    "fields": [{"id": "1", "type": "file", "label": "Document", "max_file_size": "25 Mo"}],
}
WORKFLOW = {"kind": "workflow", "slug": "essai", "name": "Essai", "functions": [{"id": "_receiver", "name": "Agents"}],
            "statuses": [{"id": "1", "name": "Reçue", "actions": []}]}


def town(store, binary=BINARY):
    counter = Counter(store, binary=binary)
    counter.define("ville", FORM, WORKFLOW)
    counter.start()
    return counter


class SlowUploads(unittest.TestCase):
    PEOPLE, SIZE, SECONDS, BINARY = 8, 2 << 20, 3, BINARY

    def check_bounds(self, counter, watch):
        """The sanitizers' build has other sizes and times: the long test measures."""

    def test_all_are_kept_whole(self):
        for store in stores():
            with self.subTest(store), town(store, self.BINARY) as counter:
                uploads = [Upload(counter.port, HOST, PATH, "f1", self.SIZE, self.SECONDS) for _ in range(self.PEOPLE)]
                with Watch(counter.port, HOST, "/") as watch:
                    run_all(Upload.send, uploads)
                    statuses = run_all(Upload.finish, uploads)
                self.assertEqual(statuses, [303] * self.PEOPLE)
                blobs = files_in(counter.folder / "blobs")
                self.assertEqual([blob.stat().st_size for blob in blobs], [self.SIZE] * self.PEOPLE)
                self.assertEqual(files_in(counter.folder / "uploads"), [])
                self.check_bounds(counter, watch)

    def test_what_is_cut_leaves_nothing(self):
        for store in stores():
            with self.subTest(store), town(store, self.BINARY) as counter:
                uploads = [Upload(counter.port, HOST, PATH, "f1", self.SIZE, self.SECONDS) for _ in range(self.PEOPLE)]
                run_all(lambda upload: upload.send(0.5), uploads)
                self.assertTrue(wait_until(lambda: len(files_in(counter.folder / "uploads")) == self.PEOPLE))
                run_all(Upload.cut, uploads)
                self.assertTrue(wait_until(lambda: not files_in(counter.folder / "uploads")), files_in(counter.folder / "uploads"))
                self.assertEqual(files_in(counter.folder / "blobs"), [])
                self.assertEqual(uploads[0].visitor.get(PATH).status, 200)


if __name__ == "__main__":
    unittest.main()

"""The messages of llhttp's own tests: what its strict parser refuses never becomes more requests here than there."""
import re
import unittest
from concurrent.futures import ThreadPoolExecutor

from support.counter import CORPUS, needs_corpus
from support.raw import HttpServer, send_raw

FOLDER = "security/http1-llhttp/test/request"
BLOCK = re.compile(rb"<!-- meta=(\{.*?\}) -->\s*```http\n(.*?)\n```\n.*?```log\n(.*?)```", re.DOTALL)
ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"f": b"\f"}
FIRST_LINE = re.compile(rb"((?:^|\r\n)[A-Z-]+ \S+ HTTP/1\.1\r\n)")
FAULT = re.compile(rb"error code=(?!2[1-4] )")  # 21 to 24: it pauses, for an upgrade or where its user wants
HOST = b"Host: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def messages():
    """(name, bytes, messages that the strict parser completes, whether it stops with an error); again with the host that HTTP/1.1
    wants and the type that our forms want, since theirs have none."""
    for file in sorted((CORPUS / FOLDER).glob("*.md")):
        for number, (meta, text, log) in enumerate(BLOCK.findall(file.read_bytes()), 1):
            if b'"type": "request"' not in meta:
                continue
            text = text.replace(b"\\\n", b"").replace(b"\n", b"\r\n")
            text = re.sub(rb"\\([rntf])", lambda m: ESCAPES[m.group(1)], text)
            text = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m.group(1), 16)]), text)
            for sent in (text, FIRST_LINE.sub(rb"\1" + HOST, text)):
                yield f"{file.stem} {number}", sent, log.count(b"message complete"), FAULT.search(log) is not None


@needs_corpus(FOLDER)
class Llhttp(unittest.TestCase):
    def test_no_message_is_more_here_than_in_a_strict_parser(self):
        # libmicrohttpd takes a header without a name for the end of the head: what follows is then refused.
        all_messages = [message for message in messages() if b"\n:" not in message[1]]
        with HttpServer() as server, ThreadPoolExecutor(64) as people:
            def ask(message):
                return send_raw(server.port, message[1], wait=4, is_head=message[1].startswith(b"HEAD"))[0]
            for (name, sent, complete, fails), answers in zip(all_messages, people.map(ask, all_messages)):
                with self.subTest(name, sent=sent[:200]):
                    self.assertLessEqual(len([a for a in answers if a.status < 400]), complete, answers)
                    self.assertLessEqual(len(answers), complete + 1, answers)
                    if fails and answers and answers[-1].status == 400:
                        self.assertEqual(answers[-1].header("Connection"), "close")
            answers, _ = send_raw(server.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertEqual([a.status for a in answers], [200])
        self.assertGreater(len(all_messages), 200)


if __name__ == "__main__":
    unittest.main()

"""A real SMTP server that keeps what it receives."""
import email
import email.policy
import socket
import threading
import time

from aiosmtpd.controller import Controller


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Mailbox:
    def __init__(self, port=None):
        self.port = port
        self.answer = "250 kept"  # to every message; one that is not 250 is not kept
        self.refused = 0
        self.offered = self.taken = lambda: None  # what happens when a message comes, and once it is kept

    def __enter__(self):
        self.messages, self._lock = [], threading.Lock()
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server, session, envelope):
        self.offered()
        if not self.answer.startswith("250"):
            self.refused += 1
            return self.answer
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            self.messages.append((envelope.rcpt_tos, message))
        self.taken()
        return self.answer

    def ids(self):
        """The Message-IDs that each address received."""
        with self._lock:
            messages = list(self.messages)
        ids = {}
        for addresses, message in messages:
            for address in addresses:
                ids.setdefault(address, set()).add(message["Message-ID"])
        return ids

    def doubles(self):
        """How many messages came again: a server that was killed between a message and its note of it sends it twice,
        under the same Message-ID."""
        return len(self.messages) - len({message["Message-ID"] for _, message in self.messages})

    def of(self, address):
        """What an address received: (subject, plain text)."""
        with self._lock:
            return [(m["Subject"], text_of(m)) for to, m in self.messages if address in to]

    def wait_for(self, address, subject, seconds=20):
        """The first message to an address whose subject has these words, once it has come."""
        until = time.monotonic() + seconds
        while True:
            with self._lock:
                found = [m for to, m in self.messages if address in to and subject in m["Subject"]]
                subjects = [(to, m["Subject"]) for to, m in self.messages]
            if found:
                return found[0]
            if time.monotonic() > until:
                raise AssertionError(f"no mail « {subject} » to {address} among {subjects[-8:]}")
            time.sleep(0.02)


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\u00a0", " ")

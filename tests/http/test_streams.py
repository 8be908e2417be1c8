"""Bodies that are made while they are sent: whole, in constant memory, cut where they break, forgotten where the reader has left;
and other pages go on meanwhile."""
import http.client
import socket
import time
import unittest

from support.raw import HttpServer
from support.slow import freed_at_once, memory_of

PIECE = 1 << 20


def get(port, path, method="GET", connection=None):
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path)
    return connection.getresponse()


def made(server):
    return int(get(server.port, "/made/").read())


def drain(answer):
    size = 0
    while chunk := answer.read(1 << 16):
        size += len(chunk)
    return size


class Streams(unittest.TestCase):
    def setUp(self):
        self.enterContext(freed_at_once())
        self.server = self.enterContext(HttpServer())
        self.port = self.server.port

    def test_all_comes_and_the_connection_serves_the_next(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for count in (1, 2, 5, 1):
            answer = get(self.port, f"/stream/{count}/", connection=connection)
            self.assertEqual((answer.status, answer.headers["Transfer-Encoding"]), (200, "chunked"))
            self.assertEqual(answer.headers["Content-Disposition"], "attachment; filename*=UTF-8''%C3%A9.txt")
            self.assertEqual(drain(answer), count * PIECE)

    def test_old_clients_and_head(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(b"GET /stream/3/ HTTP/1.0\r\nHost: a\r\n\r\n")
            received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        self.assertEqual(len(received.partition(b"\r\n\r\n")[2]), 3 * PIECE)
        before = made(self.server)
        answer = get(self.port, "/stream/3/", method="HEAD")
        self.assertEqual((answer.status, answer.read()), (200, b""))
        self.assertEqual(made(self.server), before)

    def test_what_breaks_is_not_taken_for_the_whole(self):
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
            answer = get(self.port, "/stream/5/?breaks=2")
            while answer.read(1 << 16):
                pass
        self.assertEqual(get(self.port, "/").read(), b"hello")

    def test_memory_is_that_of_a_piece(self):
        drain(get(self.port, "/stream/3/"))
        before = memory_of(self.server.process.pid)[1]
        self.assertEqual(drain(get(self.port, "/stream/200/")), 200 * PIECE)
        self.assertLess(memory_of(self.server.process.pid)[1] - before, 16 << 20)

    def test_who_leaves_or_reads_slowly_costs_a_piece(self):
        before = made(self.server)
        connections = []
        for number in range(20):
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            connection.sendall(b"GET /stream/500/ HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.recv(1000)
            connections.append(connection)
        time.sleep(1)
        self.assertLess(made(self.server) - before, 20 * 10)  # what the sockets between us hold, and one piece
        began = time.monotonic()
        for _ in range(50):
            self.assertEqual(get(self.port, "/").read(), b"hello")
        self.assertLess(time.monotonic() - began, 2)
        for connection in connections[10:]:
            connection.close()
        time.sleep(1)
        settled = made(self.server)
        time.sleep(1)
        self.assertEqual(made(self.server), settled)
        connections[0].recv(1000)
        for connection in connections[:10]:
            connection.close()


if __name__ == "__main__":
    unittest.main()

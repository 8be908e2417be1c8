"""Requests that are wrong, odd, too large or too slow, byte by byte: refused with the right status, the connection closed where
what follows can't be trusted, never read as another request."""
import json
import socket
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from support.raw import HttpServer, chunked, leave, send_raw

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SMUGGLED = b"GET /echo/smuggled/1/ HTTP/1.1\r\nHost: a\r\n\r\n"


def head(first, *lines, end=b"Connection: close"):
    return first + b"\r\n" + b"".join(line + b"\r\n" for line in (b"Host: a", *lines, end)) + b"\r\n"


def kept(first, *lines):
    """The head of a request after which another may come."""
    return head(first, *lines, end=b"X-Last: no")


def post(*lines, body=b""):
    """A form, after which another request may come."""
    return kept(b"POST /form/ HTTP/1.1", FORM.strip(), *lines) + body


# What two servers could read as two different requests (RFC 9112 §6.3, §7.1): each is followed by a request that must never run.
AMBIGUOUS = {
    "a length and chunks": post(b"Content-Length: 6", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunks and a length": post(b"Transfer-Encoding: chunked", b"Content-Length: 6", body=b"0\r\n\r\n"),
    "two lengths": post(b"Content-Length: 5", b"Content-Length: 3", body=b"a=bcd"),
    "the same length twice": post(b"Content-Length: 5", b"Content-Length: 5", body=b"a=bcd"),
    "lengths in one header": post(b"Content-Length: 5, 5", body=b"a=bcd"),
    "a length with a sign": post(b"Content-Length: +5", body=b"a=bcd"),
    "a negative length": post(b"Content-Length: -5", body=b"a=bcd"),
    "a length in hexadecimal": post(b"Content-Length: 0x5", body=b"a=bcd"),
    "a length beyond 64 bits": post(b"Content-Length: 18446744073709551621", body=b"a=bcd"),
    "a length with a blank inside": post(b"Content-Length: 1 5", body=b"a=bcd"),
    "an empty length": post(b"Content-Length:", body=b"a=bcd"),
    "another encoding": post(b"Transfer-Encoding: gzip", body=b"a=bcd"),
    "an encoding after chunks": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"),
    "an encoding before chunks": post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "nearly chunked": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunked in quotes": post(b'Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"),
    "chunked twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "a blank before the colon": post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n"),
    "a tab before the colon": post(b"Content-Length\t: 5", body=b"a=bcd"),
    "a control character in a header": post(b"X-A: \x0b", b"Content-Length: 5", body=b"a=bcd"),
    "a header without a colon": post(b"Content-Length 5", body=b"a=bcd"),
    "a header with an odd name": post(b"X(A): b", b"Content-Length: 5", body=b"a=bcd"),
    "chunks in HTTP/1.0": kept(b"POST /form/ HTTP/1.0", FORM.strip(), b"Transfer-Encoding: chunked", b"Connection: keep-alive") + b"0\r\n\r\n",
    "two hosts": post(b"Host: b", b"Content-Length: 5", body=b"a=bcd"),
    "a host that is none": b"POST /form/ HTTP/1.1\r\nHost: a/../b\r\nContent-Length: 0\r\n\r\n",
    "no host": b"POST /form/ HTTP/1.1\r\n" + FORM + b"Content-Length: 5\r\n\r\na=bcd",
    "a chunk size that is none": post(b"Transfer-Encoding: chunked", body=b"zz\r\na=b\r\n0\r\n\r\n"),
    "a chunk size in 0x": post(b"Transfer-Encoding: chunked", body=b"0x3\r\na=b\r\n0\r\n\r\n"),
    "a negative chunk size": post(b"Transfer-Encoding: chunked", body=b"-3\r\na=b\r\n0\r\n\r\n"),
    "a chunk size beyond 64 bits": post(b"Transfer-Encoding: chunked", body=b"10000000000000003\r\na=b\r\n0\r\n\r\n"),
    "a chunk longer than its size": post(b"Transfer-Encoding: chunked", body=b"3\r\na=bcdef\r\n0\r\n\r\n"),
    "no method": b" /form/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "no target": b"POST  HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target with a blank": b"POST /form/ /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na=bcd",
    "a target that is no path": kept(b"GET form HTTP/1.1"),
    "the version of another protocol": kept(b"POST /form/ ICE/1.1", b"Content-Length: 0"),
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "nothing but bytes": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
    "a body with GET": kept(b"GET / HTTP/1.1", b"Content-Length: 5") + b"a=bcd",
    "chunks with GET": kept(b"GET / HTTP/1.1", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a body with HEAD": kept(b"HEAD /nowhere/at/all HTTP/1.1", b"Content-Length: 44"),
    "a body where none is": kept(b"PUT /form/ HTTP/1.1", b"Content-Length: 44"),
}


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = HttpServer().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def only(self, *pieces, **options):
        answers, seconds = send_raw(self.server.port, *pieces, **options)
        self.assertEqual(len(answers), 1, answers)
        self.seconds = seconds
        return answers[0]

    def alive(self):
        self.assertEqual(self.only(head(b"GET / HTTP/1.1")).body, b"hello")

    def test_what_is_ambiguous_is_refused_and_the_connection_closed(self):
        for name, request in AMBIGUOUS.items():
            with self.subTest(name):
                answers, _ = send_raw(self.server.port, request + SMUGGLED, is_head=request.startswith(b"HEAD"))
                self.assertLessEqual(len(answers), 1, answers)
                for answer in answers:
                    self.assertGreaterEqual(answer.status, 400, answer)
                    self.assertNotIn(b"smuggled", answer.body)
        self.alive()

    def test_odd_but_clear_requests_are_answered(self):
        fine = {
            "a header over two lines": head(b"GET / HTTP/1.1", b"X-A: one\r\n two"),
            "lines that end by a lone line feed": b"GET / HTTP/1.1\nHost: a\nConnection: close\n\n",
            "blank lines before": b"\r\n\r\n" + head(b"GET / HTTP/1.1"),
            "an old version": head(b"GET / HTTP/1.0"),
            "a length in zeros": head(b"GET / HTTP/1.1", b"Content-Length: 0"),
            "a port in the host": b"GET / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
        }
        for name, request in fine.items():
            with self.subTest(name):
                self.assertEqual(self.only(request).status, 200)

    def test_each_request_of_a_pipeline_is_answered_once_and_in_order(self):
        requests = [kept(b"GET /echo/x/%d/ HTTP/1.1" % n) for n in range(19)] + [head(b"GET /echo/x/19/ HTTP/1.1")]
        requests.insert(10, post(b"Content-Length: 3", body=b"a=b"))
        answers, _ = send_raw(self.server.port, b"".join(requests))
        self.assertEqual([a.status for a in answers], [200] * 21)
        self.assertEqual([json.loads(a.body)["path"][1][1] for a in answers if b'"n"' in a.body], [str(n) for n in range(20)])

    def test_a_method_that_a_page_has_not_is_told_with_those_it_has(self):
        for method, path, allowed in ((b"POST", b"/", "GET, HEAD"), (b"GET", b"/json/", "POST"), (b"PUT", b"/url", "GET, HEAD, POST"),
                                      (b"OPTIONS", b"/", "GET, HEAD"), (b"TRACE", b"/", "GET, HEAD"), (b"DELETE", b"/form/", "POST"),
                                      (b"get", b"/", "GET, HEAD"), (b"A" * 300, b"/", "GET, HEAD")):
            with self.subTest(method=method[:10], path=path):
                answer = self.only(head(method + b" " + path + b" HTTP/1.1", b"Content-Length: 0"))
                self.assertEqual(answer.status, 405)
                self.assertEqual(answer.header("Allow"), allowed)

    def test_a_body_that_is_too_large_is_refused_declared_or_in_chunks(self):
        large = b"a=" + b"b" * (2 << 20)
        declared = self.only(post(b"Content-Length: %d" % len(large)), large)
        self.assertEqual((declared.status, declared.header("Connection")), (413, "close"))
        told = self.only(post(b"Transfer-Encoding: chunked", b"Connection: close"), chunked(large, 65536))
        self.assertEqual(told.status, 413)
        self.alive()

    def test_a_body_without_an_end_is_cut(self):
        piece = chunked(b"b" * 65536, 65536).removesuffix(b"0\r\n\r\n")
        answers, seconds = send_raw(self.server.port, post(b"Transfer-Encoding: chunked"), *[piece] * 400)
        self.assertEqual(answers, [])
        self.assertLess(seconds, 3)
        self.alive()

    def test_files_that_are_too_large_together_leave_nothing_behind(self):
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"z" * (10 << 20) + b"\r\n"
        answer = self.only(head(b"POST /form/ HTTP/1.1", b"Content-Type: multipart/form-data; boundary=x", b"Transfer-Encoding: chunked"),
                           chunked(part * 3 + b"--x--\r\n", 1 << 20))
        self.assertEqual(answer.status, 413)  # and the folder is empty at the end: see HttpServer

    def test_too_many_fields_are_refused(self):
        for count, status in ((1000, 200), (1001, 400)):
            body = b"&".join(b"a=%d" % n for n in range(count))
            self.assertEqual(self.only(post(b"Content-Length: %d" % len(body), b"Connection: close", body=body)).status, status)
            self.assertEqual(self.only(head(b"GET /url?" + b"&" * count + b"a&" * (count * 2 - 1000) + b" HTTP/1.1")).status, status)

    def test_a_body_of_another_type_is_refused(self):
        for kind in (b"text/plain", b"application/json", b"multipart/mixed; boundary=x", b"multipart/form-data", b"x",
                     b"application/x-www-form-urlencodedx", b"multipart/form-datax; boundary=x",
                     b"multipart/form-data; boundary=" + b"x" * 71, b"text/plain; a=application/x-www-form-urlencoded"):
            with self.subTest(kind):
                answer = self.only(head(b"POST /form/ HTTP/1.1", b"Content-Type: " + kind, b"Content-Length: 3") + b"a=b")
                self.assertIn(answer.status, (400, 415))
        self.assertEqual(self.only(head(b"POST /form/ HTTP/1.1", b"Transfer-Encoding: chunked") + chunked(b"a=b", 3)).status, 415)
        upper = head(b"POST /form/ HTTP/1.1", b"content-TYPE: Application/X-WWW-Form-Urlencoded ; charset=utf-8", b"Content-Length: 3")
        self.assertEqual(self.only(upper + b"a=b").status, 200)

    def test_broken_utf8_is_refused_wherever_it_comes(self):
        for bad in (b"%ff", b"%c0%af", b"%ed%a0%80", b"%f4%90%80%80", b"%e2%82"):
            with self.subTest(bad):
                body = b"a=" + bad
                self.assertEqual(self.only(head(b"GET /rest/" + bad + b" HTTP/1.1")).status, 400)
                self.assertEqual(self.only(head(b"GET /url?a=" + bad + b" HTTP/1.1")).status, 400)
                self.assertEqual(self.only(post(b"Content-Length: %d" % len(body), b"Connection: close", body=body)).status, 400)
        for path in (b"/rest/%00", b"/rest/%0d%0aX-A:b", b"/rest/%7f", b"/rest/%zz", b"/rest/%", b"/rest/\xff"):
            with self.subTest(path):
                self.assertEqual(self.only(head(b"GET " + path + b" HTTP/1.1")).status, 400)

    def test_what_was_sent_is_decoded_once(self):
        answer = json.loads(self.only(head(b"GET /rest/%252e%252e%2f?a=%2526&b=%2B+x HTTP/1.1")).body)
        self.assertEqual(answer["path"], [["path", "%2e%2e/"]])
        self.assertEqual(answer["query"], [["a", "%26"], ["b", "+ x"]])

    def test_long_heads_are_refused_by_their_measure(self):
        self.assertEqual(self.only(head(b"GET /" + b"a" * 9000 + b" HTTP/1.1")).status, 414)
        self.assertEqual(self.only(head(b"GET / HTTP/1.1", b"X-A: " + b"a" * 40000)).status, 431)
        self.assertEqual(self.only(head(b"GET / HTTP/1.1", *[b"X-%d: a" % n for n in range(6000)])).status, 431)
        for size in (100000, 1000000):
            for request in (head(b"GET /" + b"a" * size + b" HTTP/1.1"), head(b"GET / HTTP/1.1", b"X-A: " + b"a" * size)):
                answers, _ = send_raw(self.server.port, request)
                self.assertTrue(all(a.status in (400, 413, 414, 431, 500) for a in answers), answers)
        self.alive()

    def test_a_slow_client_is_cut(self):
        trickled = [bytes([byte]) for byte in head(b"GET / HTTP/1.1", b"X-A: " + b"a" * 200)]
        answers, seconds = send_raw(self.server.port, *trickled, pause=0.05)
        self.assertEqual(answers, [])
        self.assertLess(seconds, 4)
        answers, seconds = send_raw(self.server.port, post(b"Content-Length: 200"), *[b"a"] * 100, pause=0.05)
        self.assertEqual(answers, [])
        self.assertLess(seconds, 5)
        self.alive()

    def test_slow_clients_do_not_stand_in_the_way_of_others(self):
        slow = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(300)]
        for connection in slow:
            connection.sendall(b"POST /form/ HTTP/1.1\r\nHost: a\r\nX-")
        began = time.monotonic()
        self.alive()
        self.assertLess(time.monotonic() - began, 1)
        for connection in slow:
            connection.close()

    def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(self):
        cut = head(b"POST /form/ HTTP/1.1", b"Content-Type: multipart/form-data; boundary=x", b"Content-Length: 5000") + \
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nbeginning'
        for _ in range(5):
            leave(self.server.port, cut)
        self.alive()

    def test_every_answer_carries_the_security_headers(self):
        requests = [head(b"GET / HTTP/1.1"), head(b"GET /echo/x HTTP/1.1"), head(b"PUT / HTTP/1.1"), head(b"GET /%ff HTTP/1.1"),
                    head(b"GET /echo/a/1 HTTP/1.1"), post(b"Content-Length: 999999999"), head(b"GET /" + b"a" * 9000 + b" HTTP/1.1")]
        for request in requests:
            answer = self.only(request)
            with self.subTest(status=answer.status):
                self.assertIn("default-src 'none'", answer.header("Content-Security-Policy"))
                self.assertEqual(answer.header("X-Content-Type-Options"), "nosniff")
                self.assertEqual(answer.header("Referrer-Policy"), "same-origin")
                self.assertEqual(answer.header("Cross-Origin-Resource-Policy"), "same-origin")

    def test_a_redirection_keeps_what_was_asked_and_stays_here(self):
        answer = self.only(head(b"GET /echo/a/1?x=%0d%0aSet-Cookie:a HTTP/1.1"))
        self.assertEqual((answer.status, answer.header("Location")), (301, "/echo/a/1/?x=%0d%0aSet-Cookie:a"))
        for path in (b"//evil.example/echo/a/1", b"/%2fevil.example/echo/a/1", b"/\\evil.example"):
            location = self.only(head(b"GET " + path + b" HTTP/1.1")).header("Location")
            self.assertFalse(location and location.startswith(("//", "/\\")), location)

    def test_a_worker_queue_that_is_full_says_so(self):
        request = head(b"POST /slow/ HTTP/1.1", FORM.strip(), b"Content-Length: 0")
        with ThreadPoolExecutor(60) as people:
            statuses = [a[0][0].status for a in people.map(lambda _: send_raw(self.server.port, request), range(60))]
        self.assertEqual(set(statuses), {200, 503})

    def test_names_of_files_are_names(self):
        for sent, kept in (("../../etc/passwd", "passwd"), ("C:\\photos\\été.png", "été.png"), ("a%22b.txt", 'a"b.txt'), ("/", ""),
                           ("x" * 300, "x" * 200), ("..", "..")):
            body = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{sent}"\r\n\r\nok\r\n--x--\r\n'.encode()
            answer = self.only(head(b"POST /form/ HTTP/1.1", b"Content-Type: multipart/form-data; boundary=x", b"Content-Length: %d" % len(body)) + body)
            with self.subTest(sent):
                self.assertEqual([file["name"] for file in json.loads(answer.body)["files"]], [kept] if kept else [])


if __name__ == "__main__":
    unittest.main()

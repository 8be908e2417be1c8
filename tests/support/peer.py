"""A server that others ask over HTTP: real sockets, answers and misbehaviour on demand.

    with Peer() as peer:
        peer.answer("/communes", {"data": [{"id": "1", "text": "Bron"}]})          JSON, 200
        peer.answer("/lent", {"data": []}, delay=5)                                 after five seconds
        peer.answer("/casse", status=500); peer.answer("/texte", b"<html>")         as they are
        peer.answer("/ailleurs", redirect="http://127.0.0.1:1/")
        peer.answer("/calcule", lambda request: {"data": [request.query]})          request: path, query (dict), headers, body
        peer.requests                                                               what came, in order"""
import gzip
import http.server
import json
import threading
import time
from urllib.parse import parse_qsl, urlsplit


class Request:
    def __init__(self, handler, body):
        parts = urlsplit(handler.path)
        self.method, self.path, self.query_string = handler.command, parts.path, parts.query
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers, self.body, self.at = handler.headers, body, time.monotonic()

    def __repr__(self):
        return f"<{self.method} {self.path}?{self.query_string}>"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self, body)
        peer = self.server.peer
        with peer.lock:
            peer.requests.append(request)
            answer = peer.answers.get(request.path, {"content": b"", "status": 404})
            request.is_answered = answer.get("status", 200) == 200
        try:
            self.reply(request, **answer)
        except OSError:
            pass  # who asked has gone

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def reply(self, request, content=b"", status=200, delay=0, redirect=None, type="application/json", zipped=False, drip=0, cut=False, headers=()):
        self.server.peer.stopped.wait(delay)
        if callable(content):
            content = content(request)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(302 if redirect else status)
        if redirect:
            self.send_header("Location", redirect)
        if zipped:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", type)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut:
            self.wfile.write(body[:len(body) // 2])
            self.close_connection = True
            return
        step = max(1, len(body) // drip) if drip else len(body) or 1
        for at in range(0, len(body), step):
            self.wfile.write(body[at:at + step])
            if drip:
                self.wfile.flush()
                self.server.peer.stopped.wait(0.2)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # who asked has gone


class Peer:
    def __init__(self):
        self.answers, self.requests, self.lock, self.stopped = {}, [], threading.Lock(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.peer = self
        self.port = self.server.server_address[1]
        self.host, self.url = f"127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, content=b"", **how):
        with self.lock:
            self.answers[path] = {"content": content, **how}

    def forget(self):
        with self.lock:
            self.requests.clear()

    def asked(self, path):
        with self.lock:
            return [request for request in self.requests if request.path == path]

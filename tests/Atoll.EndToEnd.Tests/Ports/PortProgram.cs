namespace Atoll.EndToEnd.Tests.Ports;

/// <summary>A web server in a sandbox: on every address at 8000, on loopback alone at 8001, the same thing at both.</summary>
internal static class PortProgram
{
    public const int Everywhere = 8000;
    public const int Loopback = 8001;

    /// <summary>
    /// <c>/echo</c> tells the request back. <c>/bytes/N</c> sends N bytes, <c>/upload</c> tells how many came and their digest. <c>/events</c> sends one event, and the next when somebody asks for
    /// <c>/go</c>. <c>/forever</c> never ends. <c>/ws</c> echoes messages of a WebSocket.
    /// </summary>
    public const string Source = """"
        import base64, hashlib, http.server, json, socket, struct, threading

        gate = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass

            def pieces(self):
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while True:
                        size = int(self.rfile.readline().split(b";")[0], 16)
                        if size == 0:
                            self.rfile.readline()
                            return
                        left = size
                        while left:
                            piece = self.rfile.read(min(left, 65536))
                            left -= len(piece)
                            yield piece
                        self.rfile.readline()
                else:
                    left = int(self.headers.get("Content-Length") or 0)
                    while left:
                        piece = self.rfile.read(min(left, 65536))
                        if not piece: return
                        left -= len(piece)
                        yield piece

            def say(self, body, kind="application/json", status=200):
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)

            def do_GET(self):
                path = self.path.split("?")[0]
                if path.startswith("/bytes/"):
                    left = int(path[7:])
                    self.send_response(200)
                    self.send_header("Content-Length", str(left))
                    self.end_headers()
                    block = bytes(range(256)) * 256
                    while left:
                        piece = block[:min(left, len(block))]
                        self.wfile.write(piece)
                        left -= len(piece)
                elif path == "/upload":
                    digest, count = hashlib.sha256(), 0
                    for piece in self.pieces():
                        digest.update(piece)
                        count += len(piece)
                    self.say({"count": count, "sha256": digest.hexdigest()})
                elif path == "/events":
                    self.send_response(200)
                    self.send_header("Content-Type", "text/event-stream")
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for n in (1, 2):
                        data = b"data: %d\n\n" % n
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                        if n == 1: gate.wait(60)
                    self.wfile.write(b"0\r\n\r\n")
                elif path == "/go":
                    gate.set()
                    self.say({})
                elif path == "/forever":
                    self.send_response(200)
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    while True:
                        self.wfile.write(b"5\r\nalive\r\n")
                        threading.Event().wait(0.05)
                elif path == "/ws":
                    self.websocket()
                else:
                    body = b"".join(self.pieces())
                    self.say({"method": self.command, "path": self.path, "peer": self.client_address[0], "headers": self.headers.items(), "body": body.decode("latin-1")})

            do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_GET

            def websocket(self):
                key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                self.end_headers()
                self.close_connection = True
                while True:
                    head = self.rfile.read(2)
                    if len(head) < 2: return
                    kind, size = head[0] & 15, head[1] & 127
                    if size == 126: size = struct.unpack(">H", self.rfile.read(2))[0]
                    elif size == 127: size = struct.unpack(">Q", self.rfile.read(8))[0]
                    mask = self.rfile.read(4)
                    body = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(size)))
                    length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
                    self.wfile.write(bytes([128 | kind]) + length + body)
                    if kind == 8: return

        def serve(address):
            server = http.server.ThreadingHTTPServer(address, Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever).start()

        serve(("0.0.0.0", 8000))
        serve(("127.0.0.1", 8001))
        """";
}

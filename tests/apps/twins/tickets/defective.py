"""Ticket office: events, prices and free seats, on the standard library's HTTP server."""

import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VENUE_LATENCY = 0.02
EVENTS = {
    number: {"id": number, "title": f"Concert {number}", "price": 20 + number * 5}
    for number in range(1, 11)
}
seats_sold = dict.fromkeys(EVENTS, 0)
lock = threading.Lock()


def ask_venue(event_id):
    """The venue's own count of seats sold at the box office (simulated round trip)."""
    time.sleep(VENUE_LATENCY)
    return 100 + event_id * 7


def index():
    """Every page of the service."""
    links = ["/health", "/events"]
    for number in EVENTS:
        links += [f"/events/{number}", f"/events/{number}/seats"]
    return {"links": links}


def health():
    return {"status": "ok"}


def list_events():
    return {"events": list(EVENTS.values())}


def get_event(event_id):
    return EVENTS.get(int(event_id))


def get_seats(event_id):
    """Free seats, from the venue's count and our own."""
    number = int(event_id)
    if number not in EVENTS:
        return None
    with lock:
        sold_at_venue = ask_venue(number)
        seats_sold[number] = max(seats_sold[number], sold_at_venue)
        free = 500 - seats_sold[number]
    return {"event": number, "free": free}


ROUTES = [
    (re.compile(r"/"), index),
    (re.compile(r"/health"), health),
    (re.compile(r"/events"), list_events),
    (re.compile(r"/events/(\d+)"), get_event),
    (re.compile(r"/events/(\d+)/seats"), get_seats),
]


class TicketHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        path = self.path.split("?")[0]
        for pattern, view in ROUTES:
            match = pattern.fullmatch(path)
            if match:
                return self.reply(view(*match.groups()))
        return self.reply(None)

    def reply(self, content):
        status = 200 if content is not None else 404
        body = json.dumps(content if content is not None else {"error": "not found"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


class TicketServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 8000))
    print(f"Ticket office on port {port}")
    TicketServer(("0.0.0.0", port), TicketHandler).serve_forever()

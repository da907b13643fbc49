"""Shipping service: parcels of a warehouse and live tracking from the carrier's HTTP API."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from aiohttp import web

CARRIER_LATENCY = 0.03
PARCELS = {
    number: {"id": number, "recipient": f"Customer {number}", "weight_kg": 0.5 + number % 7}
    for number in range(1, 301)
}
routes = web.RouteTableDef()


class CarrierSandbox(BaseHTTPRequestHandler):
    """Local stand-in for the carrier's tracking API, so that the service runs offline."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        time.sleep(CARRIER_LATENCY)
        number = self.path.rsplit("/", 1)[-1]
        body = json.dumps({"parcel": number, "state": "in transit", "hub": "Leipzig"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class CarrierServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def start_carrier_sandbox():
    server = CarrierServer(("127.0.0.1", 0), CarrierSandbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@routes.get("/health")
async def health(request):
    return web.json_response({"status": "ok"})


@routes.get("/parcels")
async def list_parcels(request):
    offset = int(request.query.get("offset", 0))
    page = list(PARCELS.values())[offset : offset + 25]
    return web.json_response({"total": len(PARCELS), "parcels": page})


@routes.get(r"/parcels/{parcel_id:\d+}")
async def get_parcel(request):
    parcel = PARCELS.get(int(request.match_info["parcel_id"]))
    if parcel is None:
        return web.json_response({"error": "parcel not found"}, status=404)
    return web.json_response(parcel)


@routes.get(r"/parcels/{parcel_id:\d+}/tracking")
async def track_parcel(request):
    parcel = PARCELS.get(int(request.match_info["parcel_id"]))
    if parcel is None:
        return web.json_response({"error": "parcel not found"}, status=404)
    url = f"{request.app['carrier']}/track/{parcel['id']}"
    tracking = requests.get(url, timeout=5).json()
    return web.json_response({**parcel, "tracking": tracking})


def create_app():
    app = web.Application()
    app["carrier"] = start_carrier_sandbox()
    app.add_routes(routes)
    return app


if __name__ == "__main__":
    web.run_app(create_app(), host="0.0.0.0", port=int(os.environ.get("PORT", 8080)))

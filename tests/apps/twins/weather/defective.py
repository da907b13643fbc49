"""Weather gateway: cities, stations and forecasts of a slow upstream provider. Tornado."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import tornado.web

PROVIDER_LATENCY = 0.06
CITIES = ("Berlin", "Lisbon", "Oslo", "Prague", "Rome", "Vienna", "Warsaw", "Zagreb")
STATIONS = {
    number: {"id": number, "city": CITIES[number % 8], "altitude": 20 + number * 3}
    for number in range(1, 121)
}
executor = ThreadPoolExecutor(max_workers=2)


def fetch_forecast(station_id):
    """Asks the provider with its synchronous client (simulated round trip)."""
    time.sleep(PROVIDER_LATENCY)
    station = STATIONS[station_id]
    return {
        "station": station_id,
        "city": station["city"],
        "days": [{"day": day, "high": 15 + (station_id + day) % 12} for day in range(5)],
    }


class JsonHandler(tornado.web.RequestHandler):
    def set_default_headers(self):
        self.set_header("Content-Type", "application/json")

    def not_found(self):
        self.set_status(404)
        self.write({"error": "station not found"})


class HealthHandler(JsonHandler):
    def get(self):
        self.write({"status": "ok"})


class CitiesHandler(JsonHandler):
    def get(self):
        self.write({"cities": list(CITIES)})


class StationsHandler(JsonHandler):
    """One page of stations."""

    def get(self):
        offset = int(self.get_argument("offset", "0"))
        self.write({"stations": list(STATIONS.values())[offset : offset + 25]})


class StationHandler(JsonHandler):
    def get(self, station_id):
        station = STATIONS.get(int(station_id))
        if station is None:
            return self.not_found()
        self.write(station)


class ForecastHandler(JsonHandler):
    """Five days for one station."""

    async def get(self, station_id):
        number = int(station_id)
        if number not in STATIONS:
            return self.not_found()
        loop = asyncio.get_running_loop()
        forecast = await loop.run_in_executor(executor, fetch_forecast, number)
        self.write(forecast)


def make_app():
    return tornado.web.Application(
        [
            (r"/health", HealthHandler),
            (r"/cities", CitiesHandler),
            (r"/stations", StationsHandler),
            (r"/stations/(?P<station_id>\d+)", StationHandler),
            (r"/stations/(?P<station_id>\d+)/forecast", ForecastHandler),
        ]
    )


async def main():
    app = make_app()
    app.listen(int(os.environ.get("PORT", 8888)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""Page analytics: visits of a site, per page, and a text report to send around. aiohttp."""

import os
import time
from collections import OrderedDict

from aiohttp import web

PAGES = {number: f"/blog/post-{number}" for number in range(1, 41)}
REPORT_LIFETIME = 60
REPORTS_KEPT = 64

routes = web.RouteTableDef()
report_cache = OrderedDict()


def visits_of(page_id):
    """Visits by hour of the last week."""
    return [(page_id * 31 + hour * 17) % 97 for hour in range(7 * 24)]


def render_report(page_id):
    visits = visits_of(page_id)
    lines = [f"Report for {PAGES[page_id]}", "=" * 40]
    for hour, count in enumerate(visits):
        bar = "#" * count
        lines.append(f"day {hour // 24 + 1} {hour % 24:02d}:00 {count:>5} {bar}")
    lines.append(f"total {sum(visits)}")
    return "\n".join(lines)


def cached_report(page_id):
    """The report, rendered at most once in its lifetime."""
    now = time.time()
    key = page_id
    cached = report_cache.get(key)
    if cached is None or now - cached[0] > REPORT_LIFETIME:
        report_cache[key] = cached = (now, render_report(page_id))
    report_cache.move_to_end(key)
    while len(report_cache) > REPORTS_KEPT:
        report_cache.popitem(last=False)
    return cached[1]


@routes.get("/health")
async def health(request):
    return web.json_response({"status": "ok"})


@routes.get("/pages")
async def list_pages(request):
    pages = [{"id": number, "path": path} for number, path in PAGES.items()]
    return web.json_response({"pages": pages})


@routes.get(r"/pages/{page_id:\d+}")
async def get_page(request):
    page_id = int(request.match_info["page_id"])
    if page_id not in PAGES:
        return web.json_response({"error": "page not found"}, status=404)
    visits = visits_of(page_id)
    return web.json_response({"id": page_id, "path": PAGES[page_id], "visits": sum(visits)})


@routes.get(r"/pages/{page_id:\d+}/report")
async def get_report(request):
    page_id = int(request.match_info["page_id"])
    if page_id not in PAGES:
        return web.json_response({"error": "page not found"}, status=404)
    return web.Response(text=cached_report(page_id))


def create_app():
    app = web.Application()
    app.add_routes(routes)
    return app


if __name__ == "__main__":
    web.run_app(create_app(), host="0.0.0.0", port=int(os.environ.get("PORT", 8080)))

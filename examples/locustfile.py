"""The guide's standalone locustfile: ``locust --headless -u 10 -r 2 -t 30s``."""

from locust import HttpUser, between, task


class WebsiteUser(HttpUser):
    wait_time = between(1, 3)
    host = "http://localhost:8000"

    @task
    def index(self) -> None:
        self.client.get("/")

    @task(3)
    def api(self) -> None:
        self.client.get("/api/data")

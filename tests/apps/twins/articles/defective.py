"""Article archive with an editor's check for articles that were filed twice. Tornado."""

import asyncio
import os

import tornado.web

WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")


def load_articles():
    """The archive: 1,300 articles, of which every fiftieth was filed twice."""
    articles = []
    for number in range(1, 1301):
        source = number - 1 if number % 50 == 0 else number
        headline = " ".join(WORDS[(source // 10**digit) % 10] for digit in range(4))
        articles.append({"id": number, "headline": headline, "author": f"author-{number % 17}"})
    return articles


ARTICLES = load_articles()
BY_ID = {article["id"]: article for article in ARTICLES}


def find_duplicates(articles):
    """Groups of ids whose headlines are the same."""
    groups = []
    for first in articles:
        same = []
        for other in articles:
            if other["headline"] == first["headline"]:
                same.append(other["id"])
        if len(same) > 1 and same not in groups:
            groups.append(same)
    return groups


class JsonHandler(tornado.web.RequestHandler):
    def set_default_headers(self):
        self.set_header("Content-Type", "application/json")


class HealthHandler(JsonHandler):
    def get(self):
        self.write({"status": "ok"})


class ArticlesHandler(JsonHandler):
    """One page of the archive."""

    def get(self):
        offset = int(self.get_argument("offset", "0"))
        self.write({"total": len(ARTICLES), "articles": ARTICLES[offset : offset + 25]})


class ArticleHandler(JsonHandler):
    def get(self, article_id):
        article = BY_ID.get(int(article_id))
        if article is None:
            self.set_status(404)
            self.write({"error": "article not found"})
            return
        self.write(article)


class DuplicatesHandler(JsonHandler):
    """What an editor should look at."""

    def get(self):
        groups = find_duplicates(ARTICLES)
        self.write({"count": len(groups), "groups": groups})


def make_app():
    return tornado.web.Application(
        [
            (r"/health", HealthHandler),
            (r"/articles", ArticlesHandler),
            (r"/articles/(?P<article_id>\d+)", ArticleHandler),
            (r"/duplicates", DuplicatesHandler),
        ]
    )


async def main():
    app = make_app()
    app.listen(int(os.environ.get("PORT", 8888)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

import asyncio

import tornado.web


class Item(tornado.web.RequestHandler):
    def get(self, item_id):
        self.write({"id": int(item_id)})


def make_app():
    return tornado.web.Application([(r"/items/(?P<item_id>\d+)/?", Item)], debug=True)


async def main():
    make_app().listen(8888)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

from quart import Quart, jsonify

app = Quart(__name__)


@app.get("/items/<int:item_id>")
async def item(item_id):
    return jsonify(id=item_id)


app.run(port=5000)

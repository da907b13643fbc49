from flask import Flask, jsonify
from waitress import serve

app = Flask(__name__)


@app.get("/items/<int:item_id>")
def item(item_id):
    return jsonify(id=item_id)


if __name__ == "__main__":
    serve(app, host="0.0.0.0", port=8080)

from flask import Flask, jsonify

app = Flask(__name__)


@app.route("/items/<int:item_id>", methods=["GET", "PUT"])
def item(item_id):
    return jsonify(id=item_id)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000, debug=True)

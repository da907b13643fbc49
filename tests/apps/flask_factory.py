from flask import Blueprint, Flask, jsonify

items = Blueprint("items", __name__, url_prefix="/items")


@items.get("/<int:item_id>")
def item(item_id):
    return jsonify(id=item_id)


def create_app(config=None):
    app = Flask(__name__)
    app.register_blueprint(items)
    return app

from bottle import route, run


@route("/items/<item_id:int>")
def item(item_id):
    return {"id": item_id}


run(host="localhost", port=8080, debug=True, reloader=True)

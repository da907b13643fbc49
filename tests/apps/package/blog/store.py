ITEMS = {3: {"id": 3}}

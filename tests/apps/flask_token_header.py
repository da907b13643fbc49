from flask import Flask, request, jsonify
import hmac, hashlib, base64, json, time
from functools import wraps
app = Flask(__name__)
app.config['SECRET_KEY'] = 'secret'
users = {}
posts = []
def make_token(user_id):
    body = base64.urlsafe_b64encode(json.dumps({'user_id': user_id, 'exp': time.time()+3600}).encode()).decode()
    return body + '.' + hmac.new(b'secret', body.encode(), hashlib.sha256).hexdigest()
def token_required(f):
    @wraps(f)
    def decorated(*args, **kwargs):
        token = request.headers.get('x-access-token')
        if not token:
            return jsonify({'message': 'Token is missing'}), 401
        try:
            body, sig = token.split('.')
            assert hmac.compare_digest(sig, hmac.new(b'secret', body.encode(), hashlib.sha256).hexdigest())
            current = json.loads(base64.urlsafe_b64decode(body))['user_id']
        except Exception:
            return jsonify({'message': 'Token is invalid'}), 401
        return f(current, *args, **kwargs)
    return decorated
@app.route('/api/register', methods=['POST'])
def register():
    data = request.get_json()
    if not data or not data.get('username') or not data.get('password'):
        return jsonify({'error': 'Missing fields'}), 400
    if data['username'] in users:
        return jsonify({'error': 'exists'}), 409
    users[data['username']] = {'id': len(users)+1, 'password': data['password']}
    return jsonify({'message': 'User created', 'user_id': len(users)}), 201
@app.route('/api/login', methods=['POST'])
def login():
    data = request.get_json()
    u = users.get(data.get('username'))
    if not u or u['password'] != data.get('password'):
        return jsonify({'error': 'Invalid credentials'}), 401
    return jsonify({'token': make_token(u['id'])})
@app.route('/api/posts', methods=['GET'])
@token_required
def get_posts(me):
    return jsonify([p for p in posts if p['user_id'] == me][-20:])
@app.route('/api/posts', methods=['POST'])
@token_required
def add_post(me):
    d = request.get_json()
    if not d.get('title') or not d.get('content'):
        return jsonify({'error': 'title and content required'}), 400
    p = {'id': len(posts)+1, 'title': d['title'], 'content': d['content'], 'user_id': me}
    posts.append(p)
    return jsonify({'post': p}), 201
@app.route('/api/posts/<int:post_id>', methods=['GET', 'PUT', 'DELETE'])
@token_required
def one(me, post_id):
    p = next((p for p in posts if p['id'] == post_id), None)
    if not p: return jsonify({'error': 'not found'}), 404
    if p['user_id'] != me: return jsonify({'error': 'forbidden'}), 403
    if request.method == 'DELETE':
        posts.remove(p); return jsonify({'ok': True})
    if request.method == 'PUT':
        p.update({k: v for k, v in request.get_json().items() if k in ('title', 'content')})
    return jsonify(p)
if __name__ == '__main__':
    app.run(debug=True, port=5000)

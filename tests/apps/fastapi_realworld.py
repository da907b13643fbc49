from fastapi import FastAPI, Header, HTTPException, Depends, Body
from pydantic import BaseModel, Field
import secrets
app = FastAPI()
users, tokens, articles = {}, {}, {}
class NewUser(BaseModel):
    username: str
    email: str
    password: str
class NewUserRequest(BaseModel):
    user: NewUser
class LoginUser(BaseModel):
    email: str
    password: str
class LoginRequest(BaseModel):
    user: LoginUser
class NewArticle(BaseModel):
    title: str
    description: str
    body: str
    tagList: list[str] = []
class ArticleRequest(BaseModel):
    article: NewArticle
def current(authorization: str = Header(None)):
    if not authorization or not authorization.startswith("Token "):
        raise HTTPException(401, "missing token")
    u = tokens.get(authorization[6:])
    if not u: raise HTTPException(401, "bad token")
    return u
@app.post("/api/users", status_code=201)
def register(r: NewUserRequest):
    if r.user.email in users: raise HTTPException(422, "taken")
    t = secrets.token_hex(16); users[r.user.email] = r.user.model_dump(); tokens[t] = r.user.email
    return {"user": {"email": r.user.email, "username": r.user.username, "token": t}}
@app.post("/api/users/login")
def login(r: LoginRequest):
    u = users.get(r.user.email)
    if not u or u["password"] != r.user.password: raise HTTPException(401)
    t = secrets.token_hex(16); tokens[t] = r.user.email
    return {"user": {"email": r.user.email, "username": u["username"], "token": t}}
@app.get("/api/user")
def me(u: str = Depends(current)): return {"user": {"email": u}}
@app.get("/api/articles")
def articles_list(): return {"articles": list(articles.values())[:20], "articlesCount": len(articles)}
@app.post("/api/articles", status_code=201)
def create(r: ArticleRequest, u: str = Depends(current)):
    slug = r.article.title.lower().replace(" ", "-")
    articles[slug] = {"slug": slug, "author": u, **r.article.model_dump()}
    return {"article": articles[slug]}
@app.get("/api/articles/{slug}")
def read(slug: str):
    if slug not in articles: raise HTTPException(404)
    return {"article": articles[slug]}
@app.delete("/api/articles/{slug}")
def delete(slug: str, u: str = Depends(current)):
    a = articles.get(slug)
    if not a: raise HTTPException(404)
    if a["author"] != u: raise HTTPException(403)
    del articles[slug]; return {}

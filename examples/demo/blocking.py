"""A small blog API, with its data in memory."""

import time

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI(title="Blog")


class NewPost(BaseModel):
    title: str
    content: str


users = [{"id": number, "name": f"user {number}"} for number in range(1, 51)]
posts = {
    number: {"id": number, "title": f"post {number}", "content": "…"} for number in range(1, 21)
}


def fetch_avatars(listed):
    time.sleep(0.2)  # stands for a call to another service
    return [{**user, "avatar": f"/avatars/{user['id']}.png"} for user in listed]


@app.get("/api/users")
async def list_users(limit: int = 20):
    return fetch_avatars(users[:limit])


@app.get("/api/posts")
async def list_posts(limit: int = 20):
    newest_first = sorted(posts, reverse=True)[:limit]
    return [posts[number] for number in newest_first]


@app.get("/api/posts/{post_id}")
async def read_post(post_id: int):
    if post_id not in posts:
        raise HTTPException(404, "no such post")
    return posts[post_id]


@app.post("/api/posts", status_code=201)
async def create_post(post: NewPost):
    number = len(posts) + 1
    posts[number] = {"id": number, **post.model_dump()}
    return posts[number]

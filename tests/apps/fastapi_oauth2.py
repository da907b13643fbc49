"""Notes API with OAuth2 password login. Register at /register, then get a token at /token."""
import hashlib
import os
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, Field

SECRET_KEY = "change-me-in-production"
TOKEN_SECONDS = int(os.environ.get("TOKEN_SECONDS", "1800"))
app = FastAPI(title="Notes")
signer = URLSafeTimedSerializer(SECRET_KEY)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

users = {}
notes = {}
counter = 0


class UserCreate(BaseModel):
    username: str = Field(min_length=3, max_length=30)
    password: str = Field(min_length=8)
    full_name: str | None = None


class NoteIn(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    content: str = ""


class Note(NoteIn):
    id: int
    owner: str


def hash_password(password: str) -> str:
    return hashlib.sha256((SECRET_KEY + password).encode()).hexdigest()


def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> dict:
    error = HTTPException(
        status.HTTP_401_UNAUTHORIZED,
        "Could not validate credentials",
        headers={"WWW-Authenticate": "Bearer"},
    )
    try:
        username = signer.loads(token, max_age=TOKEN_SECONDS)["sub"]
    except BadSignature:
        raise error
    user = users.get(username)
    if user is None:
        raise error
    return user


CurrentUser = Annotated[dict, Depends(get_current_user)]


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/register", status_code=201)
def register(user: UserCreate):
    if user.username in users:
        raise HTTPException(400, "Username already registered")
    users[user.username] = {
        "username": user.username,
        "hashed_password": hash_password(user.password),
        "full_name": user.full_name,
    }
    return {"username": user.username}


@app.post("/token")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    user = users.get(form.username)
    if user is None or user["hashed_password"] != hash_password(form.password):
        raise HTTPException(400, "Incorrect username or password")
    return {"access_token": signer.dumps({"sub": form.username}), "token_type": "bearer"}


@app.get("/users/me")
def read_me(user: CurrentUser):
    return {"username": user["username"], "full_name": user["full_name"]}


@app.get("/notes")
def list_notes(user: CurrentUser) -> list[Note]:
    return [note for note in notes.values() if note.owner == user["username"]][:50]


@app.post("/notes", status_code=201)
def create_note(note: NoteIn, user: CurrentUser) -> Note:
    global counter
    counter += 1
    notes[counter] = Note(id=counter, owner=user["username"], **note.model_dump())
    return notes[counter]


def own_note(note_id: int, user: CurrentUser) -> Note:
    note = notes.get(note_id)
    if note is None:
        raise HTTPException(404, "Note not found")
    if note.owner != user["username"]:
        raise HTTPException(403, "Not your note")
    return note


@app.get("/notes/{note_id}")
def read_note(note: Annotated[Note, Depends(own_note)]) -> Note:
    return note


@app.put("/notes/{note_id}")
def update_note(changed: NoteIn, note: Annotated[Note, Depends(own_note)]) -> Note:
    notes[note.id] = note.model_copy(update=changed.model_dump())
    return notes[note.id]


@app.delete("/notes/{note_id}", status_code=204)
def delete_note(note: Annotated[Note, Depends(own_note)]):
    notes.pop(note.id, None)

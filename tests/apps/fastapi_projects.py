"""Projects and their tasks, each seen by its owner only; JSON login, the token nested in the answer."""
import itertools
import secrets

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI()
users, tokens, projects, tasks = {}, {}, {}, {}
numbers = itertools.count(1)


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")
    password: str = Field(min_length=8)


class ProjectIn(BaseModel):
    name: str


class TaskIn(BaseModel):
    title: str
    done: bool = False


def me(authorization: str = Header()) -> str:
    user = tokens.get(authorization.removeprefix("Bearer "))
    if user is None:
        raise HTTPException(401, "Not authenticated")
    return user


@app.post("/api/auth/signup", status_code=201)
def signup(credentials: Credentials):
    if credentials.email in users:
        raise HTTPException(409, "Email already registered")
    users[credentials.email] = credentials.password
    return {"message": "ok"}


@app.post("/api/auth/login")
def login(credentials: Credentials):
    if users.get(credentials.email) != credentials.password:
        raise HTTPException(401, "Wrong credentials")
    token = secrets.token_urlsafe(24)
    tokens[token] = credentials.email
    return {"success": True, "data": {"accessToken": token, "email": credentials.email}}


def own_project(project_id: int, user: str = Depends(me)) -> dict:
    project = projects.get(project_id)
    if project is None or project["owner"] != user:
        raise HTTPException(404, "No such project")
    return project


@app.get("/api/projects")
def list_projects(user: str = Depends(me)):
    return {"projects": [one for one in projects.values() if one["owner"] == user][:20]}


@app.post("/api/projects", status_code=201)
def create_project(project: ProjectIn, user: str = Depends(me)):
    number = next(numbers)
    projects[number] = {"id": number, "owner": user, "name": project.name}
    return {"data": {"project": projects[number]}}


@app.get("/api/projects/{project_id}")
def read_project(project: dict = Depends(own_project)):
    return {"data": {"project": project}}


@app.patch("/api/projects/{project_id}")
def rename_project(changed: ProjectIn, project: dict = Depends(own_project)):
    project["name"] = changed.name
    return {"data": {"project": project}}


@app.post("/api/projects/{project_id}/tasks", status_code=201)
def create_task(task: TaskIn, project: dict = Depends(own_project)):
    number = next(numbers)
    tasks[number] = {"id": number, "project_id": project["id"], **task.model_dump()}
    return {"task": tasks[number]}


@app.get("/api/projects/{project_id}/tasks")
def list_tasks(project: dict = Depends(own_project)):
    return [task for task in tasks.values() if task["project_id"] == project["id"]][:20]


@app.put("/api/projects/{project_id}/tasks/{task_id}")
def update_task(task_id: int, changed: TaskIn, project: dict = Depends(own_project)):
    if tasks.get(task_id, {}).get("project_id") != project["id"]:
        raise HTTPException(404, "No such task")
    tasks[task_id].update(changed.model_dump())
    return {"task": tasks[task_id]}


@app.delete("/api/projects/{project_id}/tasks/{task_id}", status_code=204)
def delete_task(task_id: int, project: dict = Depends(own_project)):
    if tasks.get(task_id, {}).get("project_id") != project["id"]:
        raise HTTPException(404, "No such task")
    del tasks[task_id]

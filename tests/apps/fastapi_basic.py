import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel

app = FastAPI()
security = HTTPBasic()
USERS = {"admin": "s3cret-admin", "viewer": "s3cret-viewer"}
reports: dict[int, dict] = {}


class ReportIn(BaseModel):
    title: str
    rows: list[int] = []


def current_user(credentials: Annotated[HTTPBasicCredentials, Depends(security)]) -> str:
    expected = USERS.get(credentials.username, "")
    if not secrets.compare_digest(credentials.password.encode(), expected.encode()):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED, "Incorrect credentials", headers={"WWW-Authenticate": "Basic"}
        )
    return credentials.username


@app.get("/me")
def me(user: Annotated[str, Depends(current_user)]):
    return {"user": user}


@app.get("/reports")
def list_reports(user: Annotated[str, Depends(current_user)]):
    return list(reports.values())[-20:]


@app.post("/reports", status_code=201)
def create_report(report: ReportIn, user: Annotated[str, Depends(current_user)]):
    number = len(reports) + 1
    reports[number] = {"id": number, "by": user, **report.model_dump()}
    return reports[number]


@app.get("/reports/{report_id}")
def read_report(report_id: int, user: Annotated[str, Depends(current_user)]):
    if report_id not in reports:
        raise HTTPException(404)
    return reports[report_id]

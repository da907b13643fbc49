from typing import Annotated
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
import secrets
app = FastAPI()
bearer = HTTPBearer()
users, tokens, accounts, cats, txs = {}, {}, {}, {}, []
class Reg(BaseModel):
    email: str
    password: str
    confirm_password: str
class Cred(BaseModel):
    email: str
    password: str
class AccountIn(BaseModel):
    name: str
class TxIn(BaseModel):
    account_id: int
    amount: float
def me(c: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]):
    if c.credentials not in tokens: raise HTTPException(401)
    return tokens[c.credentials]
@app.post("/auth/register", status_code=201)
def register(r: Reg):
    if r.password != r.confirm_password: raise HTTPException(400, "mismatch")
    if r.email in users: raise HTTPException(409)
    users[r.email] = r.password; return {"id": len(users), "email": r.email}
@app.post("/auth/login")
def login(c: Cred):
    if users.get(c.email) != c.password: raise HTTPException(401)
    t = secrets.token_hex(16); tokens[t] = c.email
    return {"access_token": t, "refresh_token": secrets.token_hex(16)}
@app.get("/accounts")
def list_accounts(u: Annotated[str, Depends(me)]): return [a for a in accounts.values() if a["owner"] == u]
@app.post("/accounts", status_code=201)
def add(a: AccountIn, u: Annotated[str, Depends(me)]):
    i = len(accounts) + 1; accounts[i] = {"id": i, "owner": u, "name": a.name}; return accounts[i]
@app.get("/accounts/{account_id}")
def one(account_id: int, u: Annotated[str, Depends(me)]):
    if accounts.get(account_id, {}).get("owner") != u: raise HTTPException(404)
    return accounts[account_id]
@app.post("/transactions", status_code=201)
def tx(t: TxIn, u: Annotated[str, Depends(me)]):
    if accounts.get(t.account_id, {}).get("owner") != u: raise HTTPException(404, "no such account")
    txs.append({"id": len(txs) + 1, **t.model_dump()}); return txs[-1]
@app.get("/transactions/{transaction_id}")
def tx1(transaction_id: int, u: Annotated[str, Depends(me)]):
    if not 0 < transaction_id <= len(txs): raise HTTPException(404)
    t = txs[transaction_id - 1]
    if accounts[t["account_id"]]["owner"] != u: raise HTTPException(403)
    return t

"""Currency converter that asks the rates service (served by the same process) over HTTP."""

import os
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException, Path

PORT = int(os.environ.get("PORT", 8000))
RATES_URL = os.environ.get("RATES_URL", f"http://127.0.0.1:{PORT}")
RATES = {
    "EUR": 1.0,
    "USD": 1.09,
    "GBP": 0.85,
    "CHF": 0.96,
    "JPY": 161.2,
    "SEK": 11.4,
    "NOK": 11.7,
    "DKK": 7.46,
}


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with httpx.AsyncClient(base_url=RATES_URL, timeout=5) as client:
        app.state.rates = client
        yield


app = FastAPI(title="Currency Converter", lifespan=lifespan)


async def fetch_rate(currency: str) -> float:
    """The rate of one currency against the euro, from the rates service."""
    response = await app.state.rates.get(f"/rates/{currency}")
    if response.status_code == 404:
        raise HTTPException(status_code=404, detail=f"Unknown currency {currency}")
    response.raise_for_status()
    return response.json()["rate"]


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/currencies")
async def list_currencies():
    return [{"code": code} for code in RATES]


@app.get("/rates/{currency}")
async def get_rate(currency: str = Path(examples=["USD"], pattern="^(EUR|USD|GBP|CHF|JPY)$")):
    """The rates service."""
    return {"currency": currency, "rate": RATES[currency]}


@app.get("/convert/{currency}/{amount}")
async def convert(
    currency: str = Path(examples=["USD"], pattern="^(EUR|USD|GBP|CHF|JPY)$"),
    amount: float = Path(gt=0, lt=1_000_000),
):
    """An amount of euros in another currency."""
    rate = await fetch_rate(currency)
    return {"euros": amount, "currency": currency, "amount": round(amount * rate, 2)}


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=PORT)

"""A small OpenID provider on loopback: it signs in whoever comes, and can be told to say something wrong."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deploy.local.ports import free_port

CLIENT, SECRET = "comms-console", "only-for-tests"


@dataclass
class Provider:
    """What it knows: its keys, and of each code which request it answers. `says` changes claims of the next token."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256"}))
    signs_with: RSAKey | None = None
    says: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def signs_in(self, address: str) -> dict[str, str]:
        """Sign somebody in who was sent to `address`; return the parameters with which they go back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, code: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "ann-1", "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": self.asked[code]["nonce"], "email": "approver@agency.example", "email_verified": True}
        key = self.signs_with or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims | self.says, key, algorithms=["RS256"])

    def proves(self, code: str, verifier: str) -> bool:
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = self.asked.get(code, {})
        return (asked.get("code_challenge"), asked.get("code_challenge_method")) == (challenge, "S256")


def application(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def about() -> dict[str, str]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": provider.issuer} | {name: f"{provider.issuer}/{path}" for name, path in places.items()}

    @app.get("/keys")
    def keys() -> Any:
        return KeySet([provider.key]).as_dict(private=False)

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = await request.form()
        code, verifier = str(form.get("code")), str(form.get("code_verifier"))
        if not provider.proves(code, verifier) or not request.headers.get("authorization", "").startswith("Basic "):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": provider.token(code)})

    return app


@contextmanager
def running() -> Iterator[Provider]:
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(application(provider), port=port, log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()

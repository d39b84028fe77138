"""A client of a whole stack, met from both sides: staff who write to it, and its Pat, who reads what came of that."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.stack.scene import CLIENT, Scene, until

REVIEWERS = {"owner": "approver", "privacy": "privacy-reviewer"}
PERSON = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Safari/604.1"}
_LINK = re.compile(r"http://[\w.:]+/portal/[\w-]{43}")


@dataclass(frozen=True)
class ClientsSide:
    """One client of its own, so that its pauses hold nobody else's messages."""

    scene: Scene
    key: str
    name: str

    @property
    def pat(self) -> str:
        return f"pat@{self.key}.example.com"

    async def enter(self) -> None:
        """Enter the client, and Pat, who receives everything."""
        ask = self.scene.office.ask
        await ask("sales-ops", "POST", "/v1/clients", {**CLIENT, "key": self.key, "name": self.name})
        pat = {"client": self.key, "name": "Pat Reader", "email": self.pat, "evidence": "agreement/1"}
        await ask("sales-ops", "POST", "/v1/client-contacts", pat)

    async def order(self, by: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for something that is done once."""
        found: dict[str, Any] = await self.scene.office.ask(by, "POST", path, body, {"Idempotency-Key": uuid4().hex})
        return found

    async def approve(self, subject: str, how_many: int = 1) -> list[dict[str, Any]]:
        """Wait until so many approvals are asked for, give them, and return them as they were shown."""
        asked: list[dict[str, Any]] = []

        async def is_asked() -> bool:
            waiting = await self.scene.office.ask("approver", "GET", "/v1/approvals")
            asked[:] = [one for one in waiting if (one["client"], one["subject"]) == (self.key, subject)]
            return len(asked) >= how_many

        await until(is_asked, 60)
        return [await self._decide(one["id"], REVIEWERS[one["review"]]) for one in asked]

    async def publish(self) -> list[dict[str, Any]]:
        """Let the owner and the privacy reviewer approve the post that waits."""
        return await self.approve("post", 2)

    async def mails(self, how_many: int) -> list[str]:
        """Wait until Pat has so many mails; return their texts."""
        found: list[str] = []

        async def have_come() -> bool:
            found[:] = [f"{mail['subject']}\n{mail['text']}" for mail in await self.scene.office.mails_to(self.pat)]
            return len(found) >= how_many

        await until(have_come, 60)
        return found

    async def closed(self, run_id: str) -> dict[str, Any]:
        """Wait until a run has ended; return it."""
        [run] = await self.scene.until_closed([run_id], 60)
        return run

    async def rolled_back(self, run_id: str) -> dict[str, str]:
        """Roll a run back, wait until every step has its end, and return the ends by kind."""
        await self.scene.office.roll_back(run_id, "sent by mistake")
        return await self.ends(run_id)

    async def ends(self, run_id: str) -> dict[str, str]:
        """Wait until every step of a rollback has its end; return the ends by kind."""
        steps: list[dict[str, str]] = []

        async def have_ended() -> bool:
            shown = await self.scene.office.ask("incident-owner", "GET", f"/v1/runs/{run_id}/rollback")
            steps[:] = shown["steps"]
            return bool(shown["asked_by"]) and all(step["state"] != "registered" for step in steps)

        await until(have_ended, 60)
        return {step["kind"]: step["state"] for step in steps}

    async def _decide(self, approval_id: str, reviewer: str) -> dict[str, Any]:
        path = f"/v1/approvals/{approval_id}"
        shown: dict[str, Any] = await self.scene.office.ask(reviewer, "GET", path)
        decision = {"decision": "approve", "content_hash": shown["content_hash"], "reason": "read in full"}
        await self.scene.office.ask(reviewer, "POST", f"{path}/decision", decision)
        return shown


@dataclass(frozen=True)
class Portal:
    """The portal as one person sees it, by the link of a mail."""

    http: httpx.AsyncClient
    link: str

    @classmethod
    def of_mail(cls, http: httpx.AsyncClient, mail: str) -> "Portal":
        found = _LINK.search(mail)
        assert found, "the mail has no link to the portal"
        return cls(http, found[0])

    async def shown(self) -> dict[str, str]:
        """Everything that a person and a program can see, by where it is."""
        listed = await self._get("/posts")
        posts = sorted(set(re.findall(r"/posts/([0-9a-f-]{36})", listed)))
        pages = {f"post {post}": await self._get(f"/posts/{post}") for post in posts}
        return {
            "list": listed,
            "feed": await self._get("/posts.json"),
            "preferences": await self._get("/preferences"),
        } | pages

    async def confirm(self, post: str) -> None:
        """Press the button that says it was read."""
        answer = await self.http.post(f"{self.link}/posts/{post}/read", headers=PERSON, follow_redirects=True)
        answer.raise_for_status()

    async def _get(self, path: str) -> str:
        return (await self.http.get(self.link + path, headers=PERSON)).raise_for_status().text

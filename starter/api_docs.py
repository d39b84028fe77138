"""The documentation of the API as one page that needs no script and nothing from elsewhere."""

import json
from collections import defaultdict
from collections.abc import Iterable
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

Schema = dict[str, Any]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}}
h2{{margin-top:2.5rem;border-bottom:1px solid #ccc}} summary{{cursor:pointer;padding:.3rem 0}}
code,pre{{font:.9rem/1.4 ui-monospace,monospace}} pre{{background:#f4f4f4;padding:.7rem;overflow-x:auto}}
b.method{{display:inline-block;min-width:3.5rem}} details>div{{margin:0 0 1rem 3.5rem}} .quiet{{color:#595959}}
table{{border-collapse:collapse}} td,th{{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}}
</style></head><body><h1>{title}</h1><p>{description}</p>
<p class="quiet">Machines read <a href="/openapi.json">openapi.json</a>. To try requests in the browser there is
<a href="/swagger">Swagger UI</a>, whose scripts come from a public network.</p>{parts}</body></html>"""


@router.get("/docs")
def documentation(request: Request) -> HTMLResponse:
    """Show every operation with its fields."""
    return HTMLResponse(page(request.app.openapi(), str(request.base_url).rstrip("/")))


def page(openapi: Schema, base_url: str) -> str:
    """Return the page for an OpenAPI document."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append(_operation(openapi, base_url, method.upper(), path, operation))
    parts = "".join(f"<h2>{escape(tag)}</h2>{''.join(operations)}" for tag, operations in by_tag.items())
    about = openapi["info"]
    return _PAGE.format(title=escape(about["title"]), description=escape(about["description"]), parts=parts)


def _operation(openapi: Schema, base_url: str, method: str, path: str, operation: Schema) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    rows = [
        (item["name"], item["in"], item.get("required", False), item.get("description") or _kind(item["schema"]))
        for item in operation.get("parameters", [])
    ]
    rows += _fields(openapi, body) if body else []
    answers = ", ".join(sorted(operation["responses"]))
    example = _example(openapi, body) if body else None
    return (
        f'<details><summary><b class="method">{method}</b><code>{escape(path)}</code> {escape(operation["summary"])}'
        f"</summary><div><p>{escape(operation.get('description', ''))}</p>{_table(rows)}"
        f'<p class="quiet">Answers: {answers}</p>{_curl(f"{method} {base_url}{path}", operation, example)}</div></details>'
    )


def _fields(openapi: Schema, schema: Schema, within: str = "") -> list[tuple[str, str, bool, str]]:
    found = _resolved(openapi, schema)
    rows = []
    for name, field in found.get("properties", {}).items():
        inner = _resolved(openapi, field.get("items", field))
        known = (field.get("description", ""), _such_as(field), _kind(inner))
        words = " ".join(part.rstrip(".") + "." for part in known if part)
        rows.append((within + name, "body", name in found.get("required", []), words))
        if "properties" in inner:
            rows += _fields(openapi, inner, f"{within}{name}{'[]' if 'items' in field else ''}.")
    return rows


def _resolved(openapi: Schema, schema: Schema) -> Schema:
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    if len(choices) == 1:
        return _resolved(openapi, choices[0])
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(openapi["components"]["schemas"][name]) if name else schema


def _kind(schema: Schema) -> str:
    choices = schema.get("enum", [])
    return f"One of {', '.join(map(str, choices))}" if choices else str(schema.get("format") or schema.get("type", ""))


def _example(openapi: Schema, schema: Schema) -> Any:
    """Return a request body that shows what is needed, and what has an example."""
    found = _resolved(openapi, schema)
    if "properties" in found:
        needed = found.get("required", [])
        shown = {n: field for n, field in found["properties"].items() if n in needed or field.get("examples")}
        return {name: (field.get("examples") or [_example(openapi, field)])[0] for name, field in shown.items()}
    return next(iter(found.get("enum", [])), {"boolean": True, "integer": 1}.get(found.get("type", ""), "…"))


def _such_as(field: Schema) -> str:
    return f"Such as {field['examples'][0]}" if field.get("examples") else ""


def _table(rows: Iterable[tuple[str, str, bool, str]]) -> str:
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{where}{', needed' if needed else ''}</td>"
        f"<td>{escape(words)}</td></tr>"
        for name, where, needed, words in rows
    )
    return f"<table>{cells}</table>" if cells else ""


def _curl(request: str, operation: Schema, example: Any) -> str:
    lines = [f"curl -X {request}"]
    if operation.get("security"):
        lines.append('-H "Authorization: Bearer $KEY"')
    headers = (item["name"] for item in operation.get("parameters", []) if item["in"] == "header")
    lines += [f"-H '{name}: something-unique'" for name in headers]
    if example is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(example, ensure_ascii=False)}'"]
    command = " \\\n  ".join(lines)
    return f"<pre>{escape(command)}</pre>"

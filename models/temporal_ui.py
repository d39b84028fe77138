"""Addresses in the Temporal UI."""

from urllib.parse import quote


def workflow_url(ui_url: str, namespace: str, workflow: str) -> str:
    """Return the page of a workflow, by its workflow id."""
    return f"{ui_url}/namespaces/{namespace}/workflows/{quote(workflow, safe='')}"

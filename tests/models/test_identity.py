"""A message is known by business facts only: whoever asks, whenever, however often, asks for the same message."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from models.identity import callback_token, message_id, run_id_of, send_key, workflow_id
from models.terms import Channel, RunKind

ROOT = Path(models.__file__).parents[1]
KEY_MAKERS = {"send_key", "message_id", "id_of_key", "_notice_key", "uuid5"}
MOVES_WITH_TIME_OR_RETRY = {
    *("uuid1", "uuid4", "random", "secrets", "now", "utcnow", "today", "time", "monotonic", "clock_timestamp"),
    *("info", "attempt", "activity_attempt", "workflow_run_id", "caller", "started", "environ"),
}

business_facts = st.fixed_dictionaries(
    {
        "client_id": st.uuids(),
        "case": st.builds(workflow_id, st.sampled_from(RunKind), st.uuids()),
        "step": st.text(ascii_lowercase + digits + "_-/", min_size=1, max_size=12),
        "occurrence": st.integers(1, 99),
        "channel": st.sampled_from(Channel),
        "address_hash": st.text(digits + "abcdef", min_size=8, max_size=8),
    }
)


@st.composite
def nearly_the_same(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    one, other = draw(business_facts), draw(business_facts)
    changed = draw(st.sets(st.sampled_from(sorted(one))))
    return one, {name: (other if name in changed else one)[name] for name in one}


@given(nearly_the_same())
def test_two_messages_have_one_key_only_if_they_are_one_message(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    one, other = pair

    assert (send_key(**one) == send_key(**other)) is (one == other)
    assert (message_id(send_key(**one)) == message_id(send_key(**other))) is (one == other)


@given(business_facts, st.integers(1, 99), st.integers(1, 99))
def test_each_attempt_of_each_message_has_a_token_of_its_own(facts: dict[str, Any], one: int, other: int) -> None:
    message = message_id(send_key(**facts))

    assert (callback_token(b"k", message, one) == callback_token(b"k", message, other)) is (one == other)
    assert callback_token(b"k", message, one) != callback_token(b"another key", message, one)


@given(st.sampled_from(RunKind), st.uuids())
def test_a_workflow_id_names_its_run(kind: RunKind, run: Any) -> None:
    assert run_id_of(workflow_id(kind, run)) == run


def _names(node: ast.AST) -> set[str]:
    named = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return named | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def _makers_of_keys() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in sorted(
        f for part in ("models", "activities", "workflows", "starter") for f in (ROOT / part).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                called = {c.func.id for c in ast.walk(node) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
                if called & KEY_MAKERS or node.name in KEY_MAKERS:
                    yield f"{file.relative_to(ROOT)}:{node.name}", node


@pytest.mark.parametrize(
    ("where", "function"), list(_makers_of_keys()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_code_that_makes_a_key_looks_at_a_clock_a_random_number_or_an_attempt(
    where: str, function: ast.FunctionDef
) -> None:
    assert not _names(function) & MOVES_WITH_TIME_OR_RETRY, where


def test_the_search_finds_the_makers_of_keys() -> None:
    found = {where for where, _ in _makers_of_keys()}

    assert {"models/identity.py:send_key", "models/database/sending/planning.py:plan"} <= found
    assert "models/database/sending/ledger.py:_planned_repeat" in found

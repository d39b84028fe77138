import pytest
from sqlalchemy import Engine, text

from activities.library import Library, read_library
from models.database.engine import transaction
from models.database.seeding import NotApproved, add_library, seed_staff
from models.database.staff import api_key_hash
from models.errors import KeyReusedWithDifferentContent

APPROVED = text(
    """
    SELECT count(*) FROM template t JOIN approval a ON a.subject_id = t.id JOIN decision d ON d.approval_id = a.id
        JOIN approval_item i ON i.approval_id = a.id AND i.content_hash = t.content_hash
    WHERE a.subject = 'template' AND d.decision = 'approve' AND d.channel = 'command' AND d.approver = 'approver'
    """
)
WAITING = text("SELECT count(*) FROM approval a WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.approval_id = a.id)")


def test_each_member_of_staff_gets_one_key_of_which_only_the_hash_is_stored(engine: Engine) -> None:
    with transaction(engine) as session:
        keys = seed_staff(session)
    with transaction(engine) as session:
        again = seed_staff(session)
        stored = {
            row.handle: row.api_key_hash for row in session.execute(text("SELECT handle, api_key_hash FROM staff"))
        }
        mail = session.execute(text("SELECT email FROM staff WHERE wants_email")).scalars().all()

    assert set(keys) == {
        "sales-ops",
        "approver",
        "approver-2",
        "privacy-reviewer",
        "privacy-reviewer-2",
        "incident-owner",
        "engineer",
    }
    assert again == {}
    assert all(key.startswith("ck_") for key in keys.values())
    assert stored == {handle: api_key_hash(key) for handle, key in keys.items()}
    assert mail == ["approver@agency.example"]


def test_the_library_that_ships_is_stored_approved_once(engine: Engine) -> None:
    library = read_library()
    with transaction(engine) as session:
        seed_staff(session)
        added = add_library(session, library, "copywriter", approve_as="approver")
    with transaction(engine) as session:
        again = add_library(session, library, "copywriter", approve_as="approver")
        approved = session.execute(APPROVED).scalar_one()

    assert len(added.templates) == approved == len(library.templates)
    assert len(added.sequences) == len(library.sequences)
    assert (again.templates, again.sequences, again.approvals) == ([], [], [])


def test_a_library_without_an_approver_waits_for_one(engine: Engine) -> None:
    with transaction(engine) as session:
        add_library(session, read_library(), "copywriter")
        waiting = session.execute(WAITING).scalar_one()

    assert waiting == len(read_library().templates)


def test_the_author_of_a_library_may_not_approve_it(engine: Engine) -> None:
    with transaction(engine) as session:
        seed_staff(session)

    with pytest.raises(NotApproved, match="may not give it"), transaction(engine) as session:
        add_library(session, read_library(), "approver", approve_as="approver")


def test_a_stored_version_never_changes(engine: Engine) -> None:
    library = read_library()
    text_edited = library.templates[0].model_copy(update={"body": "Something else. Reply STOP to opt out."})
    order_edited = library.sequences[0].model_copy(update={"title": "Something else"})
    with transaction(engine) as session:
        add_library(session, library, "copywriter")

    with pytest.raises(KeyReusedWithDifferentContent, match="template missed_call/answer v1"), transaction(engine) as s:
        add_library(s, Library(templates=(text_edited,), sequences=()), "copywriter")
    with pytest.raises(KeyReusedWithDifferentContent, match="sequence missed_call v1"), transaction(engine) as s:
        add_library(s, Library(templates=(), sequences=(order_edited,)), "copywriter")

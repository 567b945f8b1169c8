import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.models import AuditEvent, Department, User


def test_it_says_who_did_what(dana: User, marketing: Department) -> None:
    event = audit.record(dana, "department.renamed", marketing, before={"name": "Ads"}, reason="asked")
    assert (event.actor, event.target_type, event.target_id) == (dana, "accounts.department", str(marketing.pk))
    assert (event.before, event.after) == ({"name": "Ads"}, {})


def test_a_line_is_never_changed(dana: User) -> None:
    audit.record(dana, "x", dana)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditEvent.objects.update(reason="nothing to see")


def test_a_line_is_never_deleted(dana: User) -> None:
    audit.record(dana, "x", dana)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditEvent.objects.all().delete()


def test_who_did_something_cannot_vanish(dana: User) -> None:
    audit.record(dana, "x", dana)
    with pytest.raises(ProtectedError):
        dana.delete()


def test_a_page_says_it_in_words(dana: User) -> None:
    event = audit.record(dana, "person.role_set", dana, before={"role": "employee"}, after={"role": "admin"})
    assert audit.sentence(event) == "Role set by hand: employee → admin"
    assert audit.sentence(audit.record(dana, "model.added", dana)) == "model.added"

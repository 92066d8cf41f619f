"""Statements that are built once: other values each time, and rows as the models have them."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from model_bakery import baker

from accounts.models import Organization
from threads import inserts
from threads.models import Generation, Message, Thread
from threads.statements import Statement, key, marks, together, update, uuid


def _of_threads(number: int) -> Statement:
    keys = marks(Thread, number)
    rows = Message.objects.filter(thread__in=keys, role="user").order_by("text")
    return Statement(rows.query, *keys)


@pytest.mark.django_db
def test_every_execution_has_values_of_its_own() -> None:
    threads = [baker.make(Thread) for _ in range(3)]
    for at, thread in enumerate(threads):
        baker.make(Message, thread=thread, role="user", text=f"question {at}")
        baker.make(Message, thread=thread, role="assistant", text=f"answer {at}")
    pair, keys = _of_threads(2), [key(Thread, thread.pk) for thread in threads]
    assert [row.text for row in pair.objects(Message, *keys[:2])] == ["question 0", "question 1"]
    assert [row.text for row in pair.objects(Message, *keys[1:])] == ["question 1", "question 2"]
    assert pair.objects(Message, key(Thread, uuid4()), key(Thread, uuid4())) == []


@pytest.mark.django_db
def test_a_row_is_as_the_model_reads_it() -> None:
    thread = baker.make(Thread)
    made = baker.make(Message, thread=thread, role="user", text="hello")
    [row] = _of_threads(1).objects(Message, key(Thread, thread.pk))
    made.refresh_from_db()
    assert {field.attname: getattr(row, field.attname) for field in Message._meta.concrete_fields} == {
        field.attname: getattr(made, field.attname) for field in Message._meta.concrete_fields
    }


@pytest.mark.django_db
def test_an_update_changes_what_it_names_and_no_other() -> None:
    one, other = baker.make(Generation, state="queued"), baker.make(Generation, state="queued")
    keys = marks(Generation, 1)
    statement = Statement(update(Generation.objects.filter(pk__in=keys), owner="a mark"), "a mark", *keys)
    statement.run("w", key(Generation, other.pk))
    assert list(Generation.objects.order_by("owner").values_list("pk", "owner")) == [(one.pk, ""), (other.pk, "w")]


@pytest.mark.django_db
def test_fewer_values_than_marks_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        _of_threads(2).rows(key(Thread, uuid4()))


def _insert_twice() -> None:
    columns, row = ["id", "name", "slug", "personal", "created_at"], [10**6, "n", "s", False, timezone.now()]
    with transaction.atomic(), together():
        for _ in range(2):
            inserts.insert("accounts_organization", columns, [row])


@pytest.mark.django_db(transaction=True)
def test_an_error_of_what_is_sent_together_undoes_all_of_it() -> None:
    there = baker.make(Generation, state="queued")
    with pytest.raises(IntegrityError):
        _insert_twice()
    with transaction.atomic(), together():
        Statement(update(Generation.objects.all(), owner="w")).run()
        assert Statement(Generation.objects.values_list("owner").query).rows() == [("w",)]
    there.refresh_from_db()
    assert there.owner == "w"
    assert Organization.objects.filter(name="n").count() == 0


@pytest.mark.django_db
def test_a_key_comes_back_as_it_went() -> None:
    row = baker.make(Generation, state="queued")
    statement = Statement(Generation.objects.filter(pk__in=marks(Generation, 1)).values_list("pk").query)
    assert statement.rows() == []
    keys = marks(Generation, 1)
    statement = Statement(Generation.objects.filter(pk__in=keys).values_list("pk").query, *keys)
    [(pk,)] = statement.rows(key(Generation, row.pk))
    assert uuid(pk) == row.pk

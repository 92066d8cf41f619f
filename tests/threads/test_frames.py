"""Frames: what can be read, what is said of what cannot, and that the table tells of all there are."""

import json
import re
import uuid
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads import consumers, frames

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
_kinds = st.sampled_from([*frames.TYPES, "", "hello"])
_fields = st.dictionaries(
    st.sampled_from(["id", "text", "thread", "model", "key", "request_id", "have", "seq"]),
    _json | st.uuids().map(str),
)


def test_a_whole_frame_of_each_kind() -> None:
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    read = [
        frames.parse(json.dumps(frame))
        for frame in (
            {"type": "send", "id": "1", "text": "hi", "thread": one, "model": "auto", "key": "k"},
            {"type": "cancel", "id": "2", "request_id": one},
            {"type": "watch", "thread": one, "have": {other: {"seq": 3, "blocks": 1}}},
            {"type": "unwatch", "thread": one},
            {"type": "ack", "request_id": one, "seq": 4},
            {"type": "ping", "more": "is passed over"},
        )
    ]
    assert [type(frame) for frame in read] == list(get_args(frames.Frame))
    watch = read[2]
    assert isinstance(watch, frames.Watch)
    assert watch.have == {uuid.UUID(other): frames.Place(seq=3, blocks=1)}


def _problem(text: str) -> frames.BadFrame | None:
    try:
        frames.parse(text)
    except frames.BadFrame as error:
        return error
    return None


@given(st.text() | _json.map(json.dumps))
def test_whatever_comes_is_a_frame_or_told_in_words(text: str) -> None:
    if error := _problem(text):
        assert error.type in {"bad_json", "bad_frame"}
        assert " " in str(error)


@given(_kinds, _fields)
def test_whatever_its_fields_hold(kind: str, fields: dict[str, object]) -> None:
    text, own = json.dumps({**fields, "type": kind}), fields.get("id")
    if error := _problem(text):
        assert error.id == (own if isinstance(own, str) and len(own) <= frames.LONGEST_ID else None)
        assert re.match(r"[a-z_]+(\.[^:]+)*: ", str(error)), error
    else:
        assert frames.parse(text).type == kind


def test_a_frame_may_be_as_long_as_it_says() -> None:
    head = len(json.dumps({"type": "send", "text": ""}))
    assert frames.parse(json.dumps({"type": "send", "text": "x" * (frames.LARGEST - head)}))
    with pytest.raises(frames.BadFrame, match=r"1,048,576.*1,048,577") as error:
        frames.parse(json.dumps({"type": "send", "text": "x" * (frames.LARGEST - head + 1)}))
    assert error.value.type == "frame_too_large"


def test_the_table_tells_of_every_frame() -> None:
    told = re.findall(r"^\| `(\w+)` \|", frames.__doc__ or "", re.MULTILINE)
    page = told[: len(frames.TYPES)]
    assert sorted(page) == sorted(frames.TYPES)
    assert {kind.model_fields["type"].annotation.__args__[0] for kind in get_args(frames.Frame)} == set(frames.TYPES)
    assert set(consumers._HANDLERS) | {frames.Ack} == set(get_args(frames.Frame))

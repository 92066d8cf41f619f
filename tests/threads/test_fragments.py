"""The parts of the page that travel alone: safe, and the same as in the page."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from threads import fragments
from threads.models import Attempt, Generation, Message
from threads.queries import ThreadLine, Turn
from threads.templatetags.answers import money


def answer(**fields: object) -> Turn:
    generation = Generation(state="completed", model="fast", provider="openai")
    for name, value in fields.items():
        setattr(generation, name, value)
    message = Message(role="assistant", thread_id=uuid.uuid4())
    return Turn(message, "Hi", ["<p>Hi</p>"], generation=generation, first_token_s=0.4215, tokens_per_s=61.7)


@pytest.mark.parametrize(
    ("usd", "shown"),
    [("0", "$0"), ("1.2", "$1.20"), ("0.01", "$0.01"), ("0.00123456", "$0.00123"), ("0.00000008", "$0.0000000800")],
)
def test_money(usd: str, shown: str) -> None:
    assert money(Decimal(usd)) == shown


def test_figures_stand_under_an_answer() -> None:
    html = fragments.footer(answer(prompt_tokens=1200, completion_tokens=3456, cost_usd=Decimal("0.0123")))
    for figure in ("fast", "3,456 tokens", "$0.01", "0.42 s to first token", "62 tokens/s"):
        assert f">{figure}</li>" in html
    assert "1,200 tokens in" in html


def test_estimates_are_marked_and_unknowns_left_out() -> None:
    html = fragments.footer(answer(completion_tokens=5, usage_estimated=True))
    assert ">≈ 5 tokens</li>" in html
    assert "$" not in html
    assert "estimated" in html
    assert "tokens</li>" not in fragments.footer(answer())


def _attempt(number: int, **columns: object) -> Attempt:
    sent = timezone.now()
    columns = {"provider": "openai", "model": "fast", "kind": "retry", "state": "failed", **columns}
    return Attempt(number=number, sent_at=sent, finished_at=sent + timedelta(seconds=1.26), **columns)


def test_the_calls_it_took_are_listed_where_there_was_more_than_one() -> None:
    rows = [
        _attempt(1, kind="first", error_kind="rate_limit", error_message="Too many <requests>."),
        _attempt(2, error_kind="overloaded", error_message="Busy."),
        _attempt(3, kind="hedge", state="cancelled", provider="azure"),
        _attempt(4, kind="fallback", state="completed", streaming=False, model="gemini"),
    ]
    html = fragments.footer(replace(answer(), attempts=rows))
    cells = re.findall(r"<td>(.*?)</td>", html)
    lines = [cells[at : at + 6] for at in range(0, len(cells), 6)]
    assert [line[0] for line in lines] == ["1", "2", "3", "4"]
    assert lines[0][3:] == [
        "first", 'Rate-limited<span class="attempts-detail">Too many &lt;requests&gt;.</span>', "1.3 s",
    ]  # fmt: skip
    assert lines[2][1:5] == ["azure", "fast", "asked besides", "Not needed"]
    assert lines[3][1:5] == ["openai", "gemini", "asked instead", "Answered, without streaming"]
    assert "4 calls to providers" in html
    assert "<details" not in fragments.footer(replace(answer(), attempts=rows[:1]))


def test_a_call_that_a_person_stopped_or_that_was_lost() -> None:
    rows = [_attempt(1, state="lost", error_kind="lost"), _attempt(2, state="cancelled")]
    rows[0].finished_at = None
    html = fragments.footer(replace(answer(state="cancelled"), attempts=rows))
    assert ">Interrupted<" in html
    assert ">Stopped<" in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "cancelled"}, "Stopped"),
        ({"state": "failed", "error_message": "Out of <credit>."}, "Out of &lt;credit&gt;."),
        ({"state": "failed"}, "no reason was given"),
        ({"finish_reason": "length"}, "length limit"),
        ({"finish_reason": "content_filter"}, "content filter"),
    ],
)
def test_an_end_that_is_no_success_is_told(fields: dict[str, str], said: str) -> None:
    html = fragments.footer(answer(**fields))
    assert said in html
    assert ("data-retry" in html) == (fields.get("state") == "failed")


def test_only_web_addresses_become_links() -> None:
    html = fragments.sources(
        [
            {"url": "https://example.org/?a=1&b=2", "title": "<b>One</b>"},
            {"url": "javascript:alert(1)", "title": "Two"},
            {"url": "data:text/html,x", "title": ""},
            {"url": "http://example.org/plain", "title": ""},
        ]
    )
    assert html.count("<a ") == 2
    assert 'href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow"' in html
    assert "&lt;b&gt;One&lt;/b&gt;" in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert fragments.sources([]) == ""


def test_a_line_of_the_list() -> None:
    line = ThreadLine(uuid.uuid4(), 'A "title" <i>', timezone.now(), True, "auto")
    html = fragments.entry(line, current=True)
    assert html.startswith(f'<li class="entry" id="t-{line.id}" data-running>')
    assert 'aria-current="page"' in html
    assert "&lt;i&gt;" in html
    assert "<i>" not in html
    assert "aria-current" not in fragments.entry(line)
    assert "New chat" in fragments.entry(ThreadLine(line.id, "", line.updated_at, False, "auto"))


def test_a_turn_is_the_question_and_its_answer() -> None:
    question = Turn(Message(role="user", text="<script>1</script>\nline"), "", [])
    reply = answer(state="running")
    html = fragments.turn(question, reply)
    assert f'id="m-{question.message.id}"' in html
    assert "&lt;script&gt;1&lt;/script&gt;\nline</div>" in html
    assert f'data-request="{reply.generation.id}" data-state="running" data-seq="0"' in html  # type: ignore[union-attr]
    assert '<div class="blocks prose"><p>Hi</p></div>' in html
    assert "csrf" not in html

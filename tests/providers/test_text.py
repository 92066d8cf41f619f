"""Characters and tags that arrive in pieces."""

from hypothesis import example, given
from hypothesis import strategies as st

from providers.text import Mender, ThinkTags, storable


@given(st.lists(st.text(st.sampled_from("a\x00\ud83d\ude42é🙂"), max_size=3)))
@example(["\ud83d", "\ude42"])
@example(["\ud83d", "", "\ud83d"])
def test_mended_text_is_storable_and_the_same_however_it_was_cut(pieces: list[str]) -> None:
    mender = Mender()
    mended = "".join(mender.feed(piece) for piece in pieces) + mender.close()
    whole = Mender()
    assert mended == whole.feed("".join(pieces)) + whole.close()
    mended.encode("utf-8")
    assert "\x00" not in mended


def test_a_pair_is_joined_and_halves_are_replaced() -> None:
    mender = Mender()
    assert [mender.feed("a\ud83d"), mender.feed("\ude42b"), mender.close()] == ["a", "🙂b", ""]
    assert storable("\ude42x\ud83d\x00") == "\ufffdx\ufffd\ufffd"


def split(pieces: list[str]) -> tuple[str, str]:
    tags = ThinkTags()
    out = [part for piece in pieces for part in tags.feed(piece)] + tags.close()
    assert all(text for _, text in out)
    return "".join(text for inside, text in out if inside), "".join(text for inside, text in out if not inside)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "</th", "ink>", "\n", " ", "x"]), max_size=8))
def test_tags_are_found_however_they_were_cut(words: list[str]) -> None:
    text = "".join(words)
    reasoning, answer = split([text])
    for cut in range(len(text)):
        assert split([text[:cut], text[cut:]]) == (reasoning, answer)
    assert split(list(text)) == (reasoning, answer)
    if not text.lstrip().startswith("<think>"):
        assert (reasoning, answer) == ("", text)


def test_only_a_tag_at_the_beginning_counts() -> None:
    assert split(["\n<think>\nhm\n</think>\n\nSo"]) == ("\nhm\n", "So")
    assert split(["So <think>hm</think>"]) == ("", "So <think>hm</think>")
    assert split(["<think>hm</think>a</think>"]) == ("hm", "a</think>")

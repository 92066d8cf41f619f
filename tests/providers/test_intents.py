"""How a message is read: tokens, cues, what is only mentioned, what is not wanted, and the data behind it."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from providers.dispatch.intents import read, shape
from providers.dispatch.intents.cues import LATIN, TABLES
from providers.dispatch.intents.language import SMALL_WORDS, language_of
from providers.dispatch.intents.lexicon import Hit, Lexicon
from providers.dispatch.intents.message import Message
from providers.dispatch.intents.tokens import COLON, COMMA, MENTIONED, STOP, length, plain, tokens_of
from providers.intents import INTENTS
from providers.patterns import check_quick

# Kinds whose cues say how a question begins or who speaks, in words that are small themselves.
FORMS = {
    *("ask", "fact", "settled", "yesno", "perfect", "self", "quantity", "number", "either", "choice", "names", "not"),
    *("why", "how"),
}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("What's NEW?", ["what", "s", "new", STOP]),
        ("Écris-moi ça, s’il te plaît: là", ["ecris", "moi", "ca", COMMA, "s", "il", "te", "plait", COLON, "la"]),
        ("Größe C++ and C#", ["grosse", "cplusplus", "and", "csharp"]),
        ("最新news", ["最", "新", "news"]),
        ("asyncio.timeout 3.5. End", ["asyncio", "timeout", "3", "5", STOP, "end"]),
        ('the word "latest" in git', ["the", "word", MENTIONED, "in", "git"]),
        ("don't use 'today' here", ["don", "t", "use", MENTIONED, "here"]),
        ("what does today() do", ["what", "does", MENTIONED, "do"]),
        ("« hier » и „gestern“", [MENTIONED, "и", MENTIONED]),
        ("```\ndef latest(): pass\n``` why", [MENTIONED, "why"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


def test_of_a_long_text_both_ends_are_looked_at() -> None:
    filler = "lorem ipsum dolor " * 2_000
    assert read(f"Write a Python function. {filler}").intent == "code"
    assert read(f"{filler} Write a Python function that sorts these.").intent == "code"
    assert len(tokens_of("word " * 10_000)) < 500
    assert len(tokens_of("天" * 10_000)) < 500


def test_numbers_are_found_in_every_script() -> None:
    assert shape.numbers_in("水管3小时注满，5小时放空") == 2
    assert shape.numbers_in("3 of 5 in 1999, v2") == 2


def test_characters_without_spaces_count_half() -> None:
    assert length(tokens_of("今天天气, ok?")) == 3


def test_a_lexicon_finds_the_longest_phrase_of_a_kind() -> None:
    lexicon = Lexicon(
        {
            "one": {("live", 1): "news | news of the day", ("when", 1): "day | forecast*", ("verse", 2): "*gedicht"},
            "two": {("live", 2): "la news | the fore*"},
        }
    )
    assert lexicon.hits(["news", "of", "the", "day"]) == [
        Hit("live", 1, "news of the day", 0, 4),
        Hit("when", 1, "day", 3, 4),
    ]
    assert [hit.phrase for hit in lexicon.hits(["the", "forecasts"])] == ["the fore", "forecast"]
    assert [hit.phrase for hit in lexicon.hits(["the", "forecasts"], frozenset({"two"}))] == ["forecast"]
    assert [hit.kind for hit in lexicon.hits(["geburtstagsgedicht", "gedichte"])] == ["verse"]
    assert lexicon.hits(["news", "of"]) == [Hit("live", 1, "news", 0, 1)]


def test_a_lexicon_knows_plurals_of_long_words() -> None:
    lexicon = Lexicon({"one": {("verse", 2): "ballad | strofa | racconto | ode"}})
    assert [hit.phrase for hit in lexicon.hits(["ballads", "strofe", "racconti"])] == ["ballad", "strofa", "racconto"]
    assert lexicon.hits(["odes"]) == []  # too short: "does" would be a doe


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Vale?", "spanish"),
        ("Vão", "portuguese"),
        ("Where can I eat in São Paulo with my kids and the dog?", "english"),
        ("Was ist das für ein Wort?", "german"),
        ("What was the war about?", "english"),
        ("Quelle est la capitale du Pérou ?", "french"),
        ("Combien de pattes a une araignée ?", "french"),
        ("¿Cuál es el precio de la gasolina?", "spanish"),
        ("O que aconteceu ontem no Congresso?", "portuguese"),
        ("Chi ha scritto la Divina Commedia?", "italian"),
        ("nvidia", ""),
        ("今天", ""),
    ],
)
def test_the_language_shows_in_small_words(text: str, language: str) -> None:
    assert language_of(text, tokens_of(text)) == language


def test_words_of_other_languages_do_not_count() -> None:
    """A "Roman" is a novel in German."""
    assert "roman" not in {hit.phrase for hit in Message.of("Give me an overview of the Roman road system").hits}
    assert "roman" in {hit.phrase for hit in Message.of("Schreibe mir bitte einen Roman").hits}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what does the word latest mean", "latest"),
        ("erklär mir den Begriff Wetter", "wetter"),
        ("la palabra hoy", "hoy"),
    ],
)
def test_a_word_that_is_named_as_a_word_is_only_mentioned(text: str, named: str) -> None:
    message = Message.of(text)
    assert MENTIONED in message.tokens
    assert named not in message.tokens
    assert named not in {hit.phrase for hit in message.hits}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("write a poem about today's news", "creative"),
        ("explain the word 'latest' in git", "code"),
        ("what does the function today() do", "code"),
        ("how would I write a poem generator in python", "code"),
        ("Kannst du mir ein Gedicht schreiben?", "creative"),
        ("Please don't write a poem; simply explain how rainbows form", ""),
        ("without searching the web, what do you know about the history of Lisbon?", ""),
        ("What do you know of Lisbon? Please search the web.", "lookup"),
        ("Translate into French: the latest news about the election", ""),
        ("latest news about the election", "lookup"),
        ("The latest numbers are out. " * 30 + "Summarise this text in three sentences.", ""),
        ("A bat and a ball cost 1.10 in total. The bat costs a dollar more. How much is the ball?", "reasoning"),
        ("Has anyone been convicted in the Wirecard case?", "lookup"),
        ("thanks", "simple"),
        ("", "simple"),
        ("Write something silly for my cat", "creative"),
        ("My silly cat will not stop scratching the door, and neither will the dog", ""),
        ("Why do people like ghost stories?", ""),
        ("How do I write a good poem?", ""),
        ("How do weather forecasters work?", ""),
        ("Why do newspapers publish polls before an election?", ""),
        ("How is the weather tomorrow?", "lookup"),
        ("What comes next: 2, 6, 12, 20?", "reasoning"),
        ("一个水池进水管3小时注满，出水管5小时放空，两管齐开几小时满？", "reasoning"),
        ("Una camisa cuesta 40 € tras un 20 % de descuento. ¿Cuál era el precio original?", "reasoning"),
        ("Is Monzo down?", "lookup"),
        ("Is a tomato red?", "simple"),
    ],
)
def test_a_wish_is_told_from_a_mention(text: str, intent: str) -> None:
    assert read(text).intent == intent


def test_a_reading_says_what_spoke_for_it() -> None:
    reading = read("What's the weather in Lisbon tomorrow?")
    assert reading.intent == "lookup"
    assert {'"weather"', '"tomorrow"'} <= set(reading.signs)
    assert "a stack trace" in read("Traceback (most recent call last):\n  File x\nKeyError: 1").signs
    assert len(read("latest breaking news on the election results today, weather, prices").signs) <= 4


def cues() -> Iterator[tuple[str, str, float, str]]:
    for name, table in TABLES.items():
        for (kind, weight), phrases in table.items():
            for phrase in phrases.split("|"):
                yield name, kind, weight, " ".join(phrase.split())


def test_every_cue_can_be_found() -> None:
    """What the tokens of a message can never be is a dead cue: signs, boundaries, a star inside."""
    boundaries = {STOP, COLON, COMMA}
    dead = [
        (name, phrase)
        for name, _, _, phrase in cues()
        if not tokens_of(phrase)
        or boundaries & set(tokens_of(phrase))
        or re.sub(rf"[\s\w{MENTIONED}]", "", plain(phrase.strip("*")))
    ]
    assert dead == []


def test_a_cue_stands_once_in_its_table() -> None:
    times = Counter((name, kind, phrase) for name, kind, _, phrase in cues())
    assert [cue for cue, count in times.items() if count > 1] == []


def test_no_cue_is_a_small_word_of_its_language() -> None:
    """Without its accents "dés" is "des": it would speak for a puzzle in half of all French messages."""
    small = {name: set(words.split()) for name, words in SMALL_WORDS.items()}
    harmless = FORMS | {"make", "work", "small"}
    assert [
        (name, phrase)
        for name, kind, _, phrase in cues()
        if name in LATIN and kind not in harmless and set(tokens_of(phrase)) <= small[name] and len(phrase.split()) == 1
    ] == []


def test_cues_lead_to_intents_that_exist() -> None:
    from providers.dispatch.intents.scoring import _SPEAKS_FOR, _STRONG

    assert set(_SPEAKS_FOR.values()) == {*INTENTS, "general"}
    assert {*_STRONG, "simple"} == set(INTENTS)
    kinds = {kind for table in TABLES.values() for kind, _ in table}
    assert kinds == {*_SPEAKS_FOR, *FORMS, "make", "artefact", "playful"}


def test_signs_of_code_are_quick_on_any_text() -> None:
    for table in (shape._CODE_SIGNS, shape._BARE_SIGNS, shape._MATHS_SIGNS):
        for sign, _, _ in table:
            check_quick(sign.pattern)

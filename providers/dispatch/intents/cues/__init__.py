"""What messages are recognised by: a table of weighted phrases per language. Data; `scoring` says what becomes of it.

Kinds of cues, and what they say of a message:

* lookup: it wants something found. live: its subject changes; when: it speaks of now; yesno and perfect: it asks
  whether something has happened. These add up.
* make: it wants something made. verse: what is invented; playful: then it is an invention; artefact: what is
  programmed; letter: other writing.
* creative, code, reasoning: signs of these by themselves.
* handle: it wants work done on a text it brings. work: it wants an answer of some length; small: a short one.
* ask: it begins as a question; fact: as one for a fact; settled: for one that does not change; why: for an
  explanation; how: for advice; quantity: for a number; choice and either: between two things.
* self: the person speaks of themselves; number: a number in letters.
* not: what follows is not wanted. names: the next word is only named.
"""

from collections.abc import Iterable

from providers.dispatch.intents.cues import affairs, software
from providers.dispatch.intents.cues.affairs import AFFAIRS
from providers.dispatch.intents.cues.chinese import CHINESE
from providers.dispatch.intents.cues.english import ENGLISH
from providers.dispatch.intents.cues.english_subjects import ENGLISH_SUBJECTS
from providers.dispatch.intents.cues.forms import FORMS
from providers.dispatch.intents.cues.french import FRENCH
from providers.dispatch.intents.cues.german import GERMAN
from providers.dispatch.intents.cues.invention import INVENTION
from providers.dispatch.intents.cues.italian import ITALIAN
from providers.dispatch.intents.cues.japanese import JAPANESE
from providers.dispatch.intents.cues.portuguese import PORTUGUESE
from providers.dispatch.intents.cues.programming import PROGRAMMING
from providers.dispatch.intents.cues.puzzles import PUZZLES
from providers.dispatch.intents.cues.russian import RUSSIAN
from providers.dispatch.intents.cues.searching import SEARCHING
from providers.dispatch.intents.cues.software import SOFTWARE
from providers.dispatch.intents.cues.spanish import SPANISH
from providers.dispatch.intents.cues.tones import TONES
from providers.dispatch.intents.lexicon import Table

_BY_LANGUAGE: dict[str, tuple[Table, ...]] = {
    "english": (ENGLISH, ENGLISH_SUBJECTS),
    "german": (GERMAN,),
    "french": (FRENCH,),
    "spanish": (SPANISH,),
    "portuguese": (PORTUGUESE,),
    "italian": (ITALIAN,),
    "chinese": (CHINESE,),
    "japanese": (JAPANESE,),
    "russian": (RUSSIAN,),
}

# By subject; each of these speaks all languages.
_FOR_ALL_LANGUAGES = (SOFTWARE, SEARCHING, AFFAIRS, INVENTION, TONES, PUZZLES, FORMS)


def _together(tables: Iterable[Table]) -> Table:
    """One table; what several say of a kind and a weight is joined."""
    joined: dict[tuple[str, float], str] = {}
    for table in tables:
        for key, phrases in table.items():
            joined[key] = f"{joined[key]} | {phrases}" if key in joined else phrases
    return joined


TABLES: dict[str, Table] = {
    "names": _together((PROGRAMMING, software.NAMES, affairs.NAMES)),
    **{
        language: _together((*tables, *(more[language] for more in _FOR_ALL_LANGUAGES)))
        for language, tables in _BY_LANGUAGE.items()
    },
}
# These share letters, and some words: once the language is sure, the others are left out.
LATIN = frozenset({"english", "german", "french", "spanish", "portuguese", "italian"})

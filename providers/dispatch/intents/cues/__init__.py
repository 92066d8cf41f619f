"""What messages are recognised by: a table of weighted phrases per language. Data; `scoring` says what becomes of it.

Kinds of cues, and what they say of a message:

* lookup: it wants something found. live: its subject changes; when: it speaks of now; yesno and perfect: it asks
  whether something has happened. These add up.
* make: it wants something made. verse: what is invented; artefact: what is programmed; letter: other writing.
* creative, code, reasoning: signs of these by themselves.
* handle: it wants work done on a text it brings. work: it wants an answer of some length; small: a short one.
* ask: it begins as a question; fact: as one for a fact; quantity: for a number; choice and either: between two things.
* self: the person speaks of themselves; number: a number in letters.
* not: what follows is not wanted. names: the next word is only named.
"""

from providers.dispatch.intents.cues.chinese import CHINESE
from providers.dispatch.intents.cues.english import ENGLISH
from providers.dispatch.intents.cues.english_subjects import ENGLISH_SUBJECTS
from providers.dispatch.intents.cues.french import FRENCH
from providers.dispatch.intents.cues.german import GERMAN
from providers.dispatch.intents.cues.italian import ITALIAN
from providers.dispatch.intents.cues.japanese import JAPANESE
from providers.dispatch.intents.cues.portuguese import PORTUGUESE
from providers.dispatch.intents.cues.programming import PROGRAMMING
from providers.dispatch.intents.cues.russian import RUSSIAN
from providers.dispatch.intents.cues.spanish import SPANISH
from providers.dispatch.intents.lexicon import Table

TABLES: dict[str, Table] = {
    "programming": PROGRAMMING,
    "english": {**ENGLISH, **ENGLISH_SUBJECTS},
    "german": GERMAN,
    "french": FRENCH,
    "spanish": SPANISH,
    "portuguese": PORTUGUESE,
    "italian": ITALIAN,
    "chinese": CHINESE,
    "japanese": JAPANESE,
    "russian": RUSSIAN,
}
# These share letters, and some words: once the language is sure, the others are left out.
LATIN = frozenset({"english", "german", "french", "spanish", "portuguese", "italian"})

"""The rows of conversations and of the answers in them."""

from threads.models.generation import Attempt, Event, Generation, StoredPrompt
from threads.models.spending import Spending
from threads.models.thread import Message, Thread

__all__ = ["Attempt", "Event", "Generation", "Message", "Spending", "StoredPrompt", "Thread"]

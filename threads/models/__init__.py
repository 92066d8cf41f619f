"""The rows of conversations and of the answers in them."""

from threads.models.generation import Attempt, Event, Generation
from threads.models.thread import Message, Thread

__all__ = ["Attempt", "Event", "Generation", "Message", "Thread"]

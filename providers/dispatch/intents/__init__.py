"""Reads what a message wants: tokens, cues in them, a score. Pure; knows no model and no route."""

from providers.dispatch.intents.scoring import Reading, read

__all__ = ["Reading", "read"]

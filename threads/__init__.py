"""Conversations and their generations: rows, the engine that answers, and the doors people come in by."""

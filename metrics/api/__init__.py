"""Figures as JSON and CSV. Each call: who asks, what of it they may see, one query, an answer."""

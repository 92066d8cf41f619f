"""What providers say they offer: one module per protocol reads its list of models, `fetch` asks for it.

Knows bytes and HTTP; neither Django nor any row. What becomes of a list is `providers.offerings`'s.
"""

"""Markdown to safe HTML, in parts: `segments` cuts text at block boundaries, `parser` and `html` turn a piece into
HTML, `code` draws code blocks, `preview` shows the piece that is still growing. `threads.render` puts them together.

Nothing in here knows Django, a database or a provider: text goes in, HTML comes out.
"""

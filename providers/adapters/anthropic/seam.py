"""Where a continued answer joins its beginning. Knows text alone."""


class Seam:
    """The blanks at the end of a beginning are not sent, so the model may write them again: then they are dropped."""

    def __init__(self, cut: str) -> None:
        self._cut = cut

    def feed(self, text: str) -> str:
        """`text` without what the beginning has already. May be empty."""
        while self._cut and text.startswith(self._cut[0]):
            self._cut, text = self._cut[1:], text[1:]
        if text:
            self._cut = ""
        return text

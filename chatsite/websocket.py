"""uvicorn's WebSocket, with a bound on what a client can make it keep: it counts the bytes of a message and not its
pieces, and takes every message of what it has read, however many they are. Knows nothing of what messages say.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

PIECES = 1000  # of one message; browsers send it whole
WAITING = 2000  # messages that have come and were not taken yet


class BoundedWebSocket(WebSocketsSansIOProtocol):
    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= PIECES:
            self._refuse(CloseCode.MESSAGE_TOO_BIG)
        elif not self.close_sent:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if self.queue.qsize() >= WAITING:
            self._refuse(CloseCode.POLICY_VIOLATION)
        else:
            super().send_receive_event_to_app()

    def _refuse(self, code: CloseCode) -> None:
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code)
            self.handle_parser_exception()

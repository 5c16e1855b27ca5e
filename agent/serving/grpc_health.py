"""The standard gRPC health service, for targets under control.

It knows the server as a whole and two services: `serving`, and `down`, which is NOT_SERVING. Every
other service is NOT_FOUND, and every other method UNIMPLEMENTED, as the health checking protocol
says. HTTP/2 is h2's business.
"""

from __future__ import annotations

import contextlib

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

PATH = "/grpc.health.v1.Health/Check"
SERVICES = {b"": 1, b"serving": 1, b"down": 2}
"""Each service with its `ServingStatus`."""
_NOT_FOUND, _UNIMPLEMENTED = "5", "12"
_LONGEST_REQUEST = 1024


class HealthService:
    """One connection: bytes in, bytes out."""

    def __init__(self, *, implemented: bool = True) -> None:
        self._implemented = implemented
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._h2.initiate_connection()
        self._paths: dict[int, str] = {}
        self._bodies: dict[int, bytes] = {}

    def receive(self, data: bytes) -> bytes | None:
        """What to send after this came; None: close, the other side does not speak HTTP/2."""
        try:
            for event in self._h2.receive_data(data):
                self._take(event)
        except ProtocolError:
            return None
        return self._h2.data_to_send()

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            headers = {str(name): str(value) for name, value in event.headers}
            self._paths[event.stream_id] = headers.get(":path", "")
            self._bodies[event.stream_id] = b""
        elif isinstance(event, DataReceived):
            self._bodies[event.stream_id] = (self._bodies[event.stream_id] + event.data)[
                :_LONGEST_REQUEST
            ]
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            with contextlib.suppress(ProtocolError):  # the client is gone already
                self._answer(event.stream_id)

    def _answer(self, stream: int) -> None:
        path, body = self._paths.pop(stream), self._bodies.pop(stream)
        kind = [(":status", "200"), ("content-type", "application/grpc")]
        if not self._implemented or path != PATH:
            status = [*kind, ("grpc-status", _UNIMPLEMENTED)]
            self._h2.send_headers(stream, status, end_stream=True)
            return
        # A message is a flag, four bytes of length, then field 1: a tag, a length, the name.
        health = SERVICES.get(body[7:])
        if health is None:
            self._h2.send_headers(stream, [*kind, ("grpc-status", _NOT_FOUND)], end_stream=True)
            return
        self._h2.send_headers(stream, kind)
        self._h2.send_data(stream, b"\x00\x00\x00\x00\x02\x08" + bytes([health]))
        self._h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)

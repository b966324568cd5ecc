"""The WebSocket: who is there, which rooms, since when. Events themselves come from the hub."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import uuid
from typing import Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils.translation import gettext as _

from aniworld.events.rooms import Room
from aniworld.events.socket import flow, hub, messages, reader
from aniworld.events.socket.admission import Authenticate, StillValid
from aniworld.events.socket.client import NOT_ALLOWED, TOO_MANY, Client

logger = logging.getLogger(__name__)

MAX_FRAME_BYTES = 64 * 1024
FRAME_TOO_LARGE = 1009
# After a join events wait for a ``resume``, so that what was missed comes before them: so long, or
# some times as long as the client has taken for its last message, where machine or line are slow.
SETTLE_SECONDS = 0.1
SETTLE_TIMES = 5
LONGEST_SETTLE_SECONDS = 2.0
REACH_SECONDS = 10.0


class _Refused(Exception):
    """A message the client is told off for; the connection stays."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EventsConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # untyped library
    """One connection. ``authenticate`` and ``still_valid`` are passed in, see ``admission``."""

    authenticate: Authenticate
    still_valid: StillValid

    def __init__(self, *, authenticate: Authenticate, still_valid: StillValid) -> None:
        super().__init__()
        self.authenticate = authenticate
        self.still_valid = still_valid
        self._client: Client | None = None
        self._pump: asyncio.Task[None] | None = None
        self._settled: asyncio.TimerHandle | None = None
        self._settle_seconds = SETTLE_SECONDS
        self._answered_at = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also where the server cancels us on its way out
            await self._leave_hub()

    async def connect(self) -> None:
        visitor = await self.authenticate(self.scope)
        await self.accept()
        if visitor is None:
            # Accepted first: a browser cannot see why a handshake was refused.
            await self.close(NOT_ALLOWED)
            return
        client = self._client = Client(visitor)
        flow.watch(self.base_send, client)
        self._hub = hub.current(self.still_valid)
        if not await self._hub.add(client):
            self._client = None
            await self._refuse_another()
            return
        client.tell(
            messages.own(
                "connected",
                connection_id=uuid.uuid4().hex,
                user_id=visitor.user_id,
                last_event_id=self._hub.position,
            )
        )
        self._answered_at = asyncio.get_running_loop().time()
        self._pump = asyncio.create_task(self._send_what_waits(client))

    async def _refuse_another(self) -> None:
        words = _("%d connections are open by this login or key. Close one of them first.")
        said = messages.own("error", code="too_many_sockets", message=words % hub.MOST_OF_ONE)
        await self.send(text_data=said)
        await self.close(TOO_MANY)

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 (the base class's name)
        await self._leave_hub()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        client = self._client
        if client is None or client.close_code is not None:
            return
        self._pace()
        await client.own_sent()
        frame = text_data.encode("utf-8", "replace") if text_data is not None else bytes_data or b""
        if len(frame) > MAX_FRAME_BYTES:
            client.close(FRAME_TOO_LARGE)
            return
        try:
            await self._act(client, _parsed(frame))
        except _Refused as refusal:
            client.tell(messages.own("error", code=refusal.code, message=str(refusal)))
        finally:
            self._settle(client)

    async def _act(self, client: Client, message: dict[str, Any]) -> None:
        match message.get("action"):
            case "ping":
                client.tell(messages.own("pong"))
            case "join":
                await self._join(client, _room(message))
            case "leave":
                room = _room(message)
                client.leave(room)
                client.tell(messages.own("left", room=room))
            case "resume":
                await self._resume(client, _event_id(message), _rooms(message))
            case _:
                raise _Refused(
                    "unknown_action", _("Known actions are join, leave, ping and resume.")
                )

    async def _join(self, client: Client, room: Room) -> None:
        client.hold()
        try:
            self._enter(client, room)
            last_id, state = await self._hub.views.run(reader.snapshot, room)
            async with asyncio.timeout(REACH_SECONDS):
                await self._hub.reach(last_id)
            text = messages.own("snapshot", room=room, last_event_id=last_id, state=state)
            client.place_snapshot(room, last_id, text)
        except Exception as error:  # whatever a room's snapshot function raises
            logger.exception("snapshot failed room=%s", room)
            raise _Refused(
                "snapshot_failed", _("The state of %s cannot be read.") % room
            ) from error
        finally:
            if not client.opens:
                client.release()

    def _enter(self, client: Client, room: Room) -> None:
        client.enter(room, self._hub.position)
        client.tell(messages.own("joined", room=room))

    async def _resume(self, client: Client, last_id: int, rooms: list[Room]) -> None:
        """Replay what was missed; ``rooms`` are joined in the same moment, without a snapshot."""
        client.hold()
        for room in rooms:
            self._enter(client, room)
        try:
            if not await self._replay(client, last_id):
                newest = self._hub.position
                client.tell(messages.own("snapshot_required", last_event_id=newest))
        except DatabaseError as error:
            logger.exception("replay failed last_event_id=%s", last_id)
            raise _Refused("resume_failed", _("The events cannot be read.")) from error
        finally:
            client.release()

    async def _replay(self, client: Client, last_id: int) -> bool:
        """Send what the client lacks of its rooms; False if that is kept no longer, or would come
        after newer events."""
        extent = await self._hub.views.run(reader.extent)
        if not extent.trimmed_to <= last_id <= extent.newest:
            return False
        ceilings = {room: ceiling for room, ceiling in client.rooms.items() if ceiling > last_id}
        seen = last_id
        while ceilings and client.close_code is None:
            events = await self._hub.views.run(reader.missed, seen, ceilings)
            if events is None:
                return False
            if not events:
                break
            if not client.can_replay(events[0].id):
                return False
            client.replay(events)
            seen = events[-1].id
            await client.own_sent()
        for room in ceilings:
            client.rooms[room] = last_id
        return True

    def _pace(self) -> None:
        """A message has come: what it asks is decided first, and how long it took is learnt."""
        self._stop_settling()
        took = asyncio.get_running_loop().time() - self._answered_at
        if took < LONGEST_SETTLE_SECONDS:  # else the client had nothing to say
            wanted = min(SETTLE_TIMES * took, LONGEST_SETTLE_SECONDS)
            self._settle_seconds = max(self._settle_seconds, wanted)

    def _settle(self, client: Client) -> None:
        """Let events go when the client has been silent for a while."""
        loop = asyncio.get_running_loop()
        self._answered_at = loop.time()
        if client.is_held:
            # In two steps: what came in meanwhile, while this process was busy, is read between.
            later = functools.partial(self._settle_at_last, client)
            self._settled = loop.call_later(self._settle_seconds, later)

    def _settle_at_last(self, client: Client) -> None:
        self._settled = asyncio.get_running_loop().call_later(0, client.release)

    def _stop_settling(self) -> None:
        if self._settled is not None:
            self._settled.cancel()
            self._settled = None

    async def _send_what_waits(self, client: Client) -> None:
        while (text := await client.next()) is not None:
            await self.send(text_data=text)
        code = client.close_code
        if code is not None and not flow.close(self.base_send, code):
            await self.close(code)

    async def _leave_hub(self) -> None:
        if self._client is None:
            return
        client, self._client = self._client, None
        self._stop_settling()
        if self._pump is not None:
            self._pump.cancel()
        await self._hub.remove(client)


def _parsed(frame: bytes) -> dict[str, Any]:
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise _Refused("invalid_json", _("A message must be JSON.")) from error
    if not isinstance(message, dict):
        raise _Refused("invalid_message", _("A message must be a JSON object."))
    return message


_ROOMS: Final = frozenset(room.value for room in Room)


def _room(message: dict[str, Any]) -> Room:
    name = message.get("room")
    if not isinstance(name, str) or name not in _ROOMS:
        raise _Refused("unknown_room", _("Known rooms are %s.") % ", ".join(sorted(_ROOMS)))
    return Room(name)


def _rooms(message: dict[str, Any]) -> list[Room]:
    names = message.get("rooms", [])
    if not isinstance(names, list):
        raise _Refused("invalid_message", _("rooms must be a list."))
    return [_room({"room": name}) for name in names[: len(_ROOMS) + 1]]


def _event_id(message: dict[str, Any]) -> int:
    event_id = message.get("last_event_id")
    if not isinstance(event_id, int) or isinstance(event_id, bool) or event_id < 0:
        raise _Refused("invalid_message", _("last_event_id must be a whole number, 0 or above."))
    return event_id

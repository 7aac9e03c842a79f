import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor_service.channel import HELLO_BYTES, Channel, ChannelClosedError, Demultiplexer, FrameDecoder, FrameError


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def chunk(stream: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(payload)) + payload


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(body=st.binary(max_size=300), size=st.integers(1, 50))
def test_a_frame_is_whole_however_it_is_cut(body: bytes, size: int) -> None:
    decoder = FrameDecoder()
    decoder.expect(300)
    *first, last = [decoder.feed(piece) for piece in pieces(frame(body), size)]
    assert first == [None] * len(first)
    assert last == body


def test_a_frame_beyond_the_limit_is_refused_by_its_length_alone() -> None:
    decoder = FrameDecoder()
    decoder.expect(100)
    with pytest.raises(FrameError):
        decoder.feed(struct.pack(">I", 101))


def test_bytes_that_nobody_asked_for_are_refused() -> None:
    with pytest.raises(FrameError):
        FrameDecoder().feed(b"x")


def test_bytes_after_a_frame_are_refused() -> None:
    decoder = FrameDecoder()
    decoder.expect(100)
    with pytest.raises(FrameError):
        decoder.feed(frame(b"{}") + b"x")


@given(chunks=st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=60)), max_size=8), size=st.integers(1, 40))
def test_streams_are_told_apart_however_the_bytes_are_cut(chunks: list[tuple[int, bytes]], size: int) -> None:
    demultiplexer = Demultiplexer()
    seen = {1: b"", 2: b""}
    for piece in pieces(b"".join(chunk(*each) for each in chunks), size):
        for stream, part in demultiplexer.feed(piece):
            seen[stream] += bytes(part)
    for stream in (1, 2):
        assert seen[stream] == b"".join(payload for number, payload in chunks if number == stream)


@given(junk=st.binary(min_size=1, max_size=500))
def test_junk_never_hangs_the_demultiplexer_nor_is_kept_by_it(junk: bytes) -> None:
    demultiplexer = Demultiplexer()
    try:
        passed = sum(len(part) for _, part in demultiplexer.feed(junk))
    except FrameError:
        return
    assert passed <= len(junk)


@pytest.fixture
async def link() -> AsyncIterator[tuple[Channel, socket.socket]]:
    """A channel, and the other end of its stream."""
    ours, theirs = socket.socketpair()
    channel = Channel(multiplexed=False)
    await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=ours)
    theirs.setblocking(False)
    yield channel, theirs
    channel.close()
    theirs.close()


async def test_one_exchange_after_the_first_frame(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(other, frame(b"ready"))
    assert await channel.receive() == b"ready"
    exchange = asyncio.create_task(channel.exchange(b"workload", 100))
    assert await loop.sock_recv(other, 100) == frame(b"workload")
    await loop.sock_sendall(other, frame(b"report"))
    assert await exchange == b"report"


async def test_a_report_survives_the_end_of_the_stream_right_behind_it(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    await asyncio.get_running_loop().sock_sendall(other, frame(b"ready"))
    await channel.receive()
    exchange = asyncio.create_task(channel.exchange(b"workload", 100))
    await asyncio.get_running_loop().sock_recv(other, 100)
    await asyncio.get_running_loop().sock_sendall(other, frame(b"report"))
    other.close()
    assert await exchange == b"report"
    assert await channel.wait_ended(5)


async def test_the_end_of_the_stream_wakes_who_waits(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    other.send(b"\0\0")
    other.close()
    with pytest.raises(ChannelClosedError) as closed:
        await channel.receive()
    assert not closed.value.corrupt


async def test_what_is_no_frame_closes_the_stream_as_corrupt(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    other.send(struct.pack(">I", HELLO_BYTES + 1))
    with pytest.raises(ChannelClosedError) as closed:
        await channel.receive()
    assert closed.value.corrupt
    assert channel.closed is closed.value


async def test_the_end_is_told_once_even_if_asked_for_later(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    told = asyncio.Event()
    other.close()
    await channel.wait_ended(5)
    channel.on_closed(told.set)
    await asyncio.wait_for(told.wait(), 5)


async def test_closing_closes_the_other_sides_stdin(link: tuple[Channel, socket.socket]) -> None:
    channel, other = link
    channel.close()
    assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(other, 1), 5) == b""
    with pytest.raises(ChannelClosedError):
        await channel.exchange(b"workload", 100)


async def test_stderr_is_kept_apart_and_only_its_end() -> None:
    ours, theirs = socket.socketpair()
    channel = Channel(multiplexed=True)
    await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=ours)
    theirs.setblocking(False)
    noise = b"a" * 100_000 + b"the end"
    await asyncio.get_running_loop().sock_sendall(theirs, chunk(2, noise) + chunk(1, frame(b"ready")))
    assert await channel.receive() == b"ready"
    assert channel.stderr_tail.endswith("the end")
    assert len(channel.stderr_tail) < 5000
    channel.close()
    theirs.close()

import asyncio


async def fetch(name):
    raise asyncio.CancelledError


async def gather(names):
    raise KeyboardInterrupt

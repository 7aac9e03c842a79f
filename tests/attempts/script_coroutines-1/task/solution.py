import asyncio


async def fetch(name):
    """Return the name in upper case."""
    await asyncio.sleep(0)
    return name.upper()


async def gather(names):
    """Fetch several."""
    return list(await asyncio.gather(*(fetch(name) for name in names)))

"""Asking the gateway with the official client."""

from typing import Any

from openai import AsyncOpenAI

from threads import database
from threads.models import Generation

HELLO: Any = [{"role": "user", "content": "hello"}]


async def ask(
    openai: AsyncOpenAI, model: str, *, stream: bool, read: list[str] | None = None, **more: Any
) -> list[str]:
    """Ask, and read to the end: the pieces of the text, also in `read`. Cancelled, it hangs up at once."""
    read, asked = [] if read is None else read, {"model": model, "messages": HELLO, **more}
    if stream:
        async with await openai.chat.completions.create(**asked, stream=True) as chunks:
            async for chunk in chunks:
                read += [choice.delta.content or "" for choice in chunk.choices]
    else:
        answer = await openai.chat.completions.create(**asked)
        read += [answer.choices[0].message.content or ""]
    return read


async def generation_row() -> Generation:
    """The only one there is."""
    return await database.read(Generation.objects.get)

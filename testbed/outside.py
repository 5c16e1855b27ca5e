"""A host outside the cluster: answers on the TCP ports given, with an SSH banner on 22."""

from __future__ import annotations

import asyncio
import contextlib
import sys


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if writer.get_extra_info("sockname")[1] == 22:
        writer.write(b"SSH-2.0-testbed\r\n")
    with contextlib.suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(reader.read(1024), 5)
    writer.close()


async def _main(host: str, ports: list[str]) -> None:
    servers = [await asyncio.start_server(_greet, host, int(port)) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2:]))

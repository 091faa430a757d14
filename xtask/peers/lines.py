"""What the sessions in Python share: the lines they write, and what they ask of `cargo xtask sim-check`."""

import asyncio
import json
import os
import sys

RESTARTS = os.environ.get("PEER_RESTARTS") == "1"


def write(step, **seen):
    """One thing that the client saw, as a line."""
    print(json.dumps({"step": step, **seen}), flush=True)


async def restart():
    """Asks for a restart of the server, and waits for it while the client lives on."""
    print(json.dumps({"do": "restart"}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)

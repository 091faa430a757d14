"""A session of python-yate with a Yate that is real or simulated. The steps that send a message are named as in the recordings.

The dial plan leads 99991001 to tone/dial, 99991020 to conf/test and "nobody" nowhere (offline); 1001 is a user.
"""

import asyncio
import logging
import os
import re

from yate.asyncio import YateAsync
from yate.protocol import MessageRequest

from lines import RESTARTS, restart, write

HOST, PORT = os.environ["PEER_ADDRESS"].rsplit(":", 1)
PATIENCE = 8
# What is an accident of the run, and which modules there are.
LEFT_OUT = {"handlers", "billid", "time", "cdrid", "runid", "duration"}
WATCHED = ["call.route", "call.execute", "call.drop", "call.cdr", "call.conference", "chan.startup", "chan.connected",
           "chan.disconnected", "chan.hangup"]


class Channels:
    """Channels are numbered as they come, and counters are left out: the server may have had others before."""

    def __init__(self):
        self.seen = {}

    def plain(self, text):
        def name(found):
            kind = found.group(1)
            known = self.seen.setdefault(kind, {})
            return f"{kind}/{known.setdefault(found.group(0), len(known) + 1)}"

        return re.sub(r"total=\d+", "total=#", re.sub(r"\b(dumb|tone|conf)/\d+\b", name, text))

    def real(self, text):
        """The other way round."""
        for known in self.seen.values():
            for found, number in known.items():
                if text == f"{found.split('/')[0]}/{number}":
                    return found
        return text

    def message(self, message):
        params = {key: self.plain(value) for key, value in message.params.items() if key not in LEFT_OUT}
        return {"name": message.name, "handled": message.processed, "ret": self.plain(message.return_value), "params": params}


channels = Channels()


async def connect():
    yate = YateAsync(host=HOST, port=int(PORT))
    await yate.setup_for_tcp(yate.host, yate.port)
    yate.loop_task = asyncio.create_task(yate.message_processing_loop())
    return yate


async def send(yate, step, name, params=(), ret=""):
    params = {key: channels.real(value) for key, value in dict(params).items()}
    answer = await asyncio.wait_for(yate.send_message_async(MessageRequest(name, params, ret)), PATIENCE)
    write(step, **channels.message(answer))


async def settings(yate):
    for step, name, value in [("setlocal", "timeout", ""), ("setlocal set", "timeout", "5000"), ("setlocal", "timebomb", ""),
                              ("setlocal", "maxqueue", ""), ("setlocal", "bufsize", ""), ("setlocal small", "bufsize", "100"),
                              ("setlocal large", "bufsize", "999999"), ("setlocal", "selfwatch", ""), ("setlocal", "setdata", ""),
                              ("setlocal", "settime", ""), ("setlocal", "trackparam", ""), ("setlocal", "reason", ""), ("setlocal", "id", ""),
                              ("setlocal", "disconnected", "true"), ("setlocal", "restart", "true"), ("setlocal", "loaded.ysipchan", ""),
                              ("setlocal", "loaded.nope", ""), ("setlocal", "engine.nosuch", ""), ("setlocal read only", "engine.version", "x"),
                              ("setlocal unknown", "nosuchparam", "1")]:
        done = await yate.set_local_async(name, value)
        write(f"{step} {name}", value=yate.get_local(name), done=done)


async def messages(yate):
    await send(yate, "m2", "app.test", {"a": "1", "b": "x:y", "c": "100%"})
    await send(yate, "m5", "app.test")
    await send(yate, "m6", "", {"a": "1"}, "ret")
    await send(yate, "m8", "app.test", {"a": "l1\nl2\tq", "e": "", "dup": "2"}, "ret\nval")
    await send(yate, "m9f", "app.test", {"utf": "héé€🙂", "eq": "a=b=c"})
    await send(yate, "m10", "engine.command", {"line": "uptime"})
    await send(yate, "m12", "engine.command", {"line": "nosuchcommand"})
    await send(yate, "m15", "engine.status", {"module": "nosuch"})
    await send(yate, "m16", "user.auth", {"username": "1001", "protocol": "test"})
    await send(yate, "m17", "user.auth", {"username": "nobody"})
    for step, called in [("m18", "99991001"), ("m19", "nobody"), ("m20", "zzz")]:
        await send(yate, step, "call.route", {"caller": "1", "called": called})


async def facts(yate):
    await send(yate, "s5", "engine.command", {"line": "external start nosuch.py"})
    for name in ["count", "callCounters", "state", "runAttempt", "acceptStatus", "nosuch", "cpuCount", "userLoad"]:
        await send(yate, f"q {name}", "monitor.query", {"name": name})
    await send(yate, "u1", "user.register", {"username": "1001", "driver": "test", "data": "test/1001", "expires": "60"})
    await send(yate, "u4", "user.unregister", {"username": "1001"})
    await send(yate, "d6", "database", {"account": "x", "query": "select 1"})
    await send(yate, "d7", "call.fork")


async def handlers(yate, other):
    asked = []

    def answer(message):
        asked.append(channels.message(message))
        message.return_value = "my return"
        message.params.update({"y": "new", "added": ":\n"})
        return message.params.get("x") == "1"

    write("install", done=await yate.register_message_handler_async("app.test", answer, 50))
    write("install again", done=await yate.register_message_handler_async("app.test", answer, 50))
    await send(other, "b1", "app.test", {"x": "1", "y": "2", "k%": "v"}, "dflt")
    await send(other, "not handled", "app.test", {"x": "2"})
    await send(yate, "self1", "app.test", {"mine": "1"})
    write("asked", asked=asked)
    # no answer, and one that comes too late
    kept = []
    await yate.set_local_async("timeout", "300")
    await yate.register_message_handler_async("app.late", kept.append, 50)
    await send(other, "late", "app.late", {"x": "1"})
    yate.answer_message(kept[0], True)
    await send(other, "late again", "app.late", {"x": "2"})
    await yate.set_local_async("timeout", "5000")


async def filters(yate, other):
    asked = []

    def passes(message):
        asked.append(channels.message(message))
        return False

    for name, value in [("app.f", "good"), ("app.g", "^go.*$"), ("app.h", "")]:
        write(f"filter {name}", done=await yate.register_message_handler_async(name, passes, 50, "kind", value))
    for at, (name, params) in enumerate([("app.f", {"kind": "good"}), ("app.f", {"kind": "bad"}), ("app.f", {"x": "1"}),
                                         ("app.g", {"kind": "^go.*$"}), ("app.g", {"kind": "good"}), ("app.h", {"kind": "1"}),
                                         ("app.h", {"kind": ""}), ("app.h", {"x": "1"})]):
        asked.clear()
        await send(other, f"filtered {at}", name, params)
        write(f"filtered {at} asked", asked=asked)
    # two connections, by priority
    await yate.register_message_handler_async("app.two", lambda m: m.params.update({"seq": m.params["seq"] + "a"}) or True, 30)
    await other.register_message_handler_async("app.two", lambda m: m.params.update({"seq": m.params["seq"] + "b"}) or False, 20)
    third = await connect()
    await send(third, "own", "app.two", {"seq": ""})
    third.writer.close()


async def watch(yate, events):
    for name in WATCHED:
        write(f"watch {name}", done=await yate.register_watch_handler_async(name, events.append))


async def told(events, step, last, count=1, names=WATCHED):
    """What has been told since: several threads of the server tell of one call, so it is not compared which was first."""
    for _ in range(PATIENCE * 50):
        if sum(1 for event in events if event.name == last) >= count:
            break
        await asyncio.sleep(0.02)
    # what belongs to it comes right after it, or not at all
    seen = None
    while seen != len(events):
        seen = len(events)
        await asyncio.sleep(0.3)
    write(step, events=sorted((channels.message(event) for event in events if event.name in names), key=str))
    events.clear()


async def call(yate, events):
    await send(yate, "e1", "call.execute", {"callto": "dumb/", "caller": "1001", "callername": "Test User", "target": "99991001"})
    await told(events, "e1 told", "chan.connected", 2)
    await send(yate, "e2", "engine.status", {"module": "dumb"})
    await send(yate, "e3", "chan.masquerade", {"message": "chan.dtmf", "id": "dumb/1", "text": "12*#"})
    await send(yate, "e4", "chan.dtmf", {"targetid": "dumb/1", "text": "5"})
    await send(yate, "e6", "chan.masquerade", {"message": "chan.attach", "id": "dumb/1", "source": "tone/busy", "single": "yes"})
    await send(yate, "e8", "call.drop", {"id": "dumb/1", "reason": "normal:clear"})
    await told(events, "e8 told", "call.cdr")
    await send(yate, "e9", "call.drop", {"id": "dumb/1"})
    await send(yate, "e11", "call.execute", {"callto": "nosuch/x", "caller": "1"})
    await send(yate, "e13", "call.execute", {"callto": "dumb/", "caller": "1", "direct": "wave/play/tone.au"})
    await send(yate, "e14", "call.execute", {"callto": "dumb/"})
    await send(yate, "e14b", "call.execute", {"caller": "1"})
    await asyncio.sleep(0.3)
    events.clear()


async def conference(yate, events):
    channels.seen.clear()
    # what was watched when it was recorded
    names = ["call.execute", "call.conference", "chan.startup", "chan.connected", "chan.disconnected", "chan.hangup"]
    for step, caller in [("c1", "1001"), ("c2", "1002")]:
        await send(yate, step, "call.execute", {"callto": "dumb/", "caller": caller, "target": "99991020"})
        await told(events, f"{step} told", "chan.connected", 2, names)
    await send(yate, "c3", "engine.status", {"module": "conf"})
    await send(yate, "c4", "call.conference", {"room": "conf/test", "operation": "mute", "id": "dumb/1"})
    await send(yate, "c6", "chan.masquerade", {"message": "call.conference", "id": "dumb/1", "room": "conf/other"})
    await told(events, "c6 told", "chan.hangup", 1, names)
    await send(yate, "c7", "engine.status", {"module": "conf"})
    await send(yate, "c8", "call.drop", {"id": "dumb/1"})
    await told(events, "c8 told", "chan.hangup", 1, names)


async def main():
    yate, other = await connect(), await connect()
    write("login", version=await yate.get_local_async("engine.version"))
    await settings(yate)
    await messages(yate)
    await facts(yate)
    await handlers(yate, other)
    await filters(yate, other)
    events = []
    await watch(other, events)
    await call(yate, events)
    await conference(yate, events)
    if RESTARTS:
        ended = asyncio.Event()
        yate.set_termination_handler(ended.set)
        await restart()
        await asyncio.wait_for(ended.wait(), PATIENCE)
        again = await connect()
        write("restart install", done=await again.register_message_handler_async("app.test", lambda message: False, 50))
        again.writer.close()


logging.disable(logging.ERROR)
asyncio.run(main())

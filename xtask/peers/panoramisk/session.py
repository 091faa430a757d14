"""A session of panoramisk with an Asterisk that is real or simulated."""

import asyncio
import os
import re
import time

import panoramisk

from lines import write

HOST, PORT = os.environ["PEER_ADDRESS"].rsplit(":", 1)
PATIENCE = 8
# What is no affair of the call, or comes in an order of its own: records, devices, the dialplan's variables.
LEFT_OUT = {"CEL", "Cdr", "VarSet", "Newexten", "DeviceStateChange", "TestEvent", "NewAccountCode", "FullyBooted",
            "RTCPSent", "RTCPReceived", "NewCallerid", "NewConnectedLine", "SuccessfulAuth", "SoftHangupRequest",
            "QueueMemberStatus"}
# What stands in every event about a channel, and what differs between two dialplans.
FIELDS = ["ChannelStateDesc", "DestChannelStateDesc", "DialStatus", "Reason", "Response", "Cause", "BridgeType", "BridgeTechnology",
          "BridgeNumChannels", "LocalOptimization", "Queue", "MemberName", "Interface", "Penalty", "Paused", "PausedReason", "UserEvent", "Text"]

events = []


def on_event(manager, message):
    if message.event not in LEFT_OUT:
        events.append(message)


def plain(message):
    """The event with what two servers must agree on; the names of its headers where these are always the same."""
    seen = {key: str(message.get(key)) for key in FIELDS if message.get(key) not in (None, "")}
    channel = message.get("Channel")
    if isinstance(channel, str) and channel:
        seen["Channel"] = re.sub(r"-[0-9a-f]{8}", "-#", channel)
    return {"event": message.event, **seen}


async def until(name, count=1):
    deadline = time.monotonic() + PATIENCE
    while sum(1 for event in events if event.event == name) < count and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    # those that belong to it come right after it, or not at all
    seen = None
    while seen != len(events) and time.monotonic() < deadline:
        seen = len(events)
        await asyncio.sleep(0.3)


def write_events(step):
    """Several threads of the server tell of one call: what they tell is compared, not which was first."""
    seen = sorted((plain(event) for event in events), key=str)
    events.clear()
    write(step, events=seen)


async def ask(manager, step, action, keys=("Response", "Message"), as_list=None):
    answer = await manager.send_action(action, as_list=as_list)
    answers = answer if isinstance(answer, list) else [answer]
    write(step, answers=[{key: str(one.get(key)) for key in keys if one.get(key) not in (None, "")} for one in answers])
    return answers


async def call(manager, step, channel, last="OriginateResponse", count=1, **more):
    events.clear()
    action = {"Action": "Originate", "Channel": channel, "Async": "true", **more}
    await ask(manager, step, action, ("Response", "Message", "Reason"))
    await until(last, count)
    write_events(step + " events")


async def main():
    manager = panoramisk.Manager(host=HOST, port=int(PORT), username=os.environ["PEER_USER"],
                                 secret=os.environ["PEER_PASSWORD"], ping_delay=0)
    manager.register_event("*", on_event)
    await manager.connect()
    settings = await manager.send_action({"Action": "CoreSettings"})
    write("login", version=settings.AsteriskVersion.split("+")[0].split("~")[0], ami=settings.AMIversion)
    await ask(manager, "unknown", {"Action": "Nope"})
    await ask(manager, "ping", {"Action": "Ping"}, ("Response", "Ping"))
    await ask(manager, "no channel", {"Action": "Hangup", "Channel": "Local/none@test-0;1"})
    await ask(manager, "no slash", {"Action": "Originate", "Channel": "none", "Application": "Echo"})
    await ask(manager, "no goal", {"Action": "Originate", "Channel": "Local/wait@test"})
    await ask(manager, "mask", {"Action": "Events", "EventMask": "CALL"}, ("Response", "Events"))
    await ask(manager, "mask on", {"Action": "Events", "EventMask": "call,agent,user"}, ("Response", "Events"))
    await ask(manager, "filter", {"Action": "Filter", "Operation": "Nope", "Filter": "x"})

    await ask(manager, "no entry", {"Action": "DBGet", "Family": "sim-check", "Key": "none"})
    await ask(manager, "put", {"Action": "DBPut", "Family": "sim-check", "Key": "key", "Val": "a: b, c"})
    await ask(manager, "get", {"Action": "DBGet", "Family": "sim-check", "Key": "key"}, ("Response", "Message", "Val", "EventList", "ListItems"))
    await ask(manager, "delete", {"Action": "DBDel", "Family": "sim-check", "Key": "key"})
    await ask(manager, "delete again", {"Action": "DBDel", "Family": "sim-check", "Key": "key"})
    await ask(manager, "global", {"Action": "Setvar", "Variable": "SIMCHECK", "Value": "it's \"one\""})
    await ask(manager, "global back", {"Action": "Getvar", "Variable": "SIMCHECK"}, ("Response", "Variable", "Value"))

    await call(manager, "answered", "Local/wait@test/n", Application="Wait", Data="600")
    channels = await manager.send_action({"Action": "CoreShowChannels"})
    names = sorted(one.Channel for one in channels if one.event == "CoreShowChannel")
    write("channels", names=[re.sub(r"-[0-9a-f]{8}", "-#", name) for name in names])
    await ask(manager, "channel variable", {"Action": "Setvar", "Channel": names[0], "Variable": "X", "Value": "1, 2"})
    await ask(manager, "channel variable back", {"Action": "Getvar", "Channel": names[0], "Variable": "X"}, ("Response", "Variable", "Value"))
    await ask(manager, "record", {"Action": "MixMonitor", "Channel": names[0], "File": "sim-check.wav"}, ("Response",))
    await ask(manager, "record no more", {"Action": "StopMixMonitor", "Channel": names[0]}, ("Response", "Message"))
    await until("MixMonitorStop")  # it may come after the answer
    events.clear()
    await ask(manager, "hangup", {"Action": "Hangup", "Channel": names[0], "Cause": "16"})
    await until("Hangup", 2)
    write_events("hangup events")

    for exten in ("busy", "congestion"):
        await call(manager, exten, f"Local/{exten}@test/n", "Hangup", 2, Application="Wait", Data="1")
    await call(manager, "no such extension", "Local/nowhere@test/n", Application="Wait", Data="1")
    await call(manager, "no such technology", "NOPE/1", Application="Wait", Data="1")

    await ask(manager, "no conference", {"Action": "ConfbridgeListRooms"})
    await ask(manager, "no queue", {"Action": "QueueStatus", "Queue": "nowhere"}, ("Response", "Message", "EventList", "ListItems"))
    events.clear()
    member = {"Queue": "support", "Interface": "Local/ring@test/n"}
    await ask(manager, "add", {"Action": "QueueAdd", **member, "MemberName": "Ann: x", "Penalty": "2"},
              as_list=False)  # it takes the answer for the beginning of a list
    await ask(manager, "add again", {"Action": "QueueAdd", **member})
    await ask(manager, "pause", {"Action": "QueuePause", "Interface": member["Interface"], "Paused": "true", "Reason": "tea: hot"})
    items = await manager.send_action({"Action": "QueueStatus", "Queue": "support"})
    ours = [item for item in items if item.get("Location") == member["Interface"]]
    shown = ("Queue", "Name", "Membership", "Penalty", "CallsTaken", "InCall", "Paused", "PausedReason")
    write("queue", members=[{key: str(item.get(key)) for key in shown} for item in ours])
    await ask(manager, "remove", {"Action": "QueueRemove", **member})
    await ask(manager, "remove again", {"Action": "QueueRemove", **member})
    await until("QueueMemberRemoved")
    write_events("queue events")

    await ask(manager, "user event", {"Action": "UserEvent", "UserEvent": "SimCheck", "Text": "a: b"})
    await until("UserEvent")
    write_events("user event events")
    await ask(manager, "logoff", {"Action": "Logoff"})
    manager.close()


asyncio.run(main())

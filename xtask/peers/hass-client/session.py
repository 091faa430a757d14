"""A session of hass-client with a Home Assistant that is real or simulated."""

import asyncio
import os
import time

from hass_client import HomeAssistantClient
from hass_client.exceptions import BaseHassClientError

from lines import RESTARTS, restart, write

URL = os.environ["PEER_URL"].replace("http", "ws", 1) + "/api/websocket"
TOKEN = os.environ["PEER_TOKEN"]
# Events that belong to a step come within this time of one another.
QUIET = 0.25
PATIENCE = 6
LAMPS = ["light.key_light", "light.fill_light", "light.on_air_sign"]
STUDIO = [*LAMPS, "switch.monitor_wall", "input_boolean.on_air", "lock.studio_door", "scene.interview", "counter.takes"]

# What the entity is called and what it can do is the house's own affair: here and there stand different houses.
HOUSE = [
    *("friendly_name", "supported_features", "supported_color_modes", "color_mode"),
    *("color_temp", "color_temp_kelvin", "min_mireds", "max_mireds", "min_color_temp_kelvin", "max_color_temp_kelvin"),
]

events = []


def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key not in HOUSE}
    return value


def listener(name):
    def on_event(event):
        events.append((time.monotonic(), name, event))

    return on_event


def is_ours(event):
    """A house has a life of its own: cameras change their tokens."""
    entity = event.get("data", {}).get("entity_id")
    return entity is None or entity in STUDIO


def entities_in(event):
    """A call for several entities reaches them in no order."""
    if "c" in event:
        return sorted(event["c"])
    return str(event.get("data", {}).get("entity_id"))


async def write_events(step, count):
    """Waits for so many events, and then until it is quiet; writes them, by subscription, by entity, and as they came."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        last = max([at for at, _, _ in events], default=0)
        if len(events) >= count and time.monotonic() - last > QUIET:
            break
        await asyncio.sleep(0.02)
    told = [one for one in events if is_ours(one[2])]
    for _, name, event in sorted(told, key=lambda one: (one[1], str(entities_in(one[2])))):
        write(step, event=name, data=plain(event))
    events.clear()


async def attempt(awaitable):
    """What came of it."""
    try:
        return {"result": await asyncio.wait_for(awaitable, 10)}
    except (BaseHassClientError, asyncio.TimeoutError) as error:
        return {"error": type(error).__name__, "message": str(error)}


async def command(client, kind, wait=0, **fields):
    write(kind, asked=fields, **await attempt(client.send_command(kind, **fields)))
    await write_events(kind, wait)


async def call(client, service, data=None, target=None, wait=0):
    domain, name = service.split(".")
    write(service, data=data, target=target, **await attempt(client.call_service(domain, name, data, target)))
    await write_events(service, wait)


async def connect(token=TOKEN):
    client = HomeAssistantClient(URL, token)
    await client.connect()
    task = asyncio.create_task(client.start_listening())
    return client, task


async def login():
    stranger = HomeAssistantClient(URL, "wrong")
    write("wrong token", **await attempt(stranger.connect()), connected=stranger.connected)
    await stranger.disconnect()
    client, task = await connect()
    write("login", connected=client.connected, version=client.version)
    return client, task


async def start_equal(client):
    """The house as it is when it starts, each thing last touched by us."""
    for service, entity in [
        ("scene.turn_on", "scene.interview"),
        ("light.turn_on", LAMPS),
        ("light.turn_off", LAMPS),
        ("switch.turn_on", "switch.monitor_wall"),
        ("switch.turn_off", "switch.monitor_wall"),
        ("input_boolean.turn_on", "input_boolean.on_air"),
        ("input_boolean.turn_off", "input_boolean.on_air"),
        ("lock.lock", "lock.studio_door"),
        ("counter.increment", "counter.takes"),
        ("counter.reset", "counter.takes"),
    ]:
        domain, name = service.split(".")
        # Dark red, so that every lamp has had a colour.
        data = {"brightness": 10, "rgb_color": [255, 0, 0]} if service == "light.turn_on" else None
        await client.call_service(domain, name, data, {"entity_id": entity})


async def read(client):
    config = await client.get_config()
    write("get_config", keys=sorted(config), state=config["state"], units=config["unit_system"])
    states = {state["entity_id"]: state for state in await client.get_states()}
    for entity in STUDIO:
        write("get_states", state=plain(states.get(entity)))
    services = await client.get_services()
    used = ["light.turn_on", "switch.toggle", "lock.unlock", "scene.turn_on", "counter.increment", "light.nope"]
    known = [name for name in used if name.split(".")[1] in services.get(name.split(".")[0], {})]
    write("get_services", known=known)


async def lamps(client):
    stop_states = await client.subscribe_events(listener("state_changed"), "state_changed")
    stop_entities = await client.subscribe_entities(listener("entities"), LAMPS)
    await write_events("subscribe_entities", 1)
    key = {"entity_id": "light.key_light"}
    await call(client, "light.turn_on", {"brightness": 200, "rgb_color": [255, 0, 0]}, key, wait=2)
    await call(client, "light.turn_on", {"brightness_pct": 50}, key, wait=2)
    await call(client, "light.turn_on", {"brightness_pct": 50}, key)
    await call(client, "light.toggle", None, key, wait=2)
    await call(client, "light.turn_on", {"hs_color": [120, 100]}, {"entity_id": LAMPS}, wait=6)
    await call(client, "light.turn_off", {"entity_id": LAMPS}, wait=6)
    await call(client, "scene.turn_on", None, {"entity_id": "scene.interview"}, wait=5)
    await call(client, "light.turn_off", {"entity_id": "all"}, wait=4)
    stop_entities()
    await asyncio.sleep(QUIET)
    await call(client, "light.turn_on", {"brightness": 20}, key, wait=1)
    await call(client, "light.turn_off", None, key, wait=1)
    return stop_states


async def other_things(client):
    wall = {"entity_id": "switch.monitor_wall"}
    await call(client, "switch.turn_on", None, wall, wait=1)
    await call(client, "switch.turn_on", None, wall)
    await call(client, "switch.toggle", None, wall, wait=1)
    air = {"entity_id": "input_boolean.on_air"}
    await call(client, "input_boolean.turn_on", None, air, wait=1)
    await call(client, "homeassistant.toggle", None, air, wait=1)
    await call(client, "counter.increment", None, {"entity_id": "counter.takes"}, wait=1)
    await call(client, "counter.reset", None, {"entity_id": "counter.takes"}, wait=1)
    door = {"entity_id": "lock.studio_door"}
    await call(client, "lock.unlock", None, door, wait=1)
    await call(client, "lock.lock", None, door, wait=1)


async def faults(client):
    key = {"entity_id": "light.key_light"}
    await call(client, "light.nope", None, key)
    await call(client, "nope.turn_on", None, key)
    await call(client, "light.turn_on", {"brightness": "bright"}, key)
    await call(client, "light.turn_on", {"bogus": 1}, key)
    await call(client, "light.turn_on", {"rgb_color": [256, 0, 0]}, key)
    await call(client, "light.turn_on", {"brightness": 1})
    await call(client, "light.turn_on", None, {"entity_id": "light.none"})
    await call(client, "light.turn_on", None, {"entity_id": "no entity"})
    await command(client, "no_such_command", a=1)
    await command(client, "get_states", extra=1)
    await command(client, "call_service", domain="light")
    await command(client, "unsubscribe_events", subscription=999)
    await command(client, "subscribe_trigger", trigger={"platform": "nope"})
    await command(client, "subscribe_events", event_type=1)


async def own_events(client):
    stop = await client.subscribe_events(listener("ifbus_check"), "ifbus_check")
    await command(client, "fire_event", event_type="ifbus_check", event_data={"a": [1, 2.5, None, "é"]}, wait=1)
    await command(client, "fire_event", event_type="ifbus_check", wait=1)
    await command(client, "fire_event", event_type="ifbus_other")
    stop()
    await asyncio.sleep(QUIET)
    await command(client, "fire_event", event_type="ifbus_check")


async def triggers(client):
    on = {"platform": "state", "entity_id": "switch.monitor_wall", "to": "on"}
    stop = await client.subscribe(listener("trigger"), "subscribe_trigger", trigger=on)
    wall = {"entity_id": "switch.monitor_wall"}
    await call(client, "switch.turn_on", None, wall, wait=1)
    await call(client, "switch.turn_off", None, wall)
    stop()
    await asyncio.sleep(QUIET)
    fired = {"platform": "event", "event_type": "ifbus_check"}
    stop = await client.subscribe(listener("trigger"), "subscribe_trigger", trigger=[fired])
    await command(client, "fire_event", event_type="ifbus_check", event_data={"b": True}, wait=1)
    stop()
    await asyncio.sleep(QUIET)


async def over_a_restart(client, task):
    """hass-client does not connect again by itself: the session does."""
    await restart()
    done, _ = await asyncio.wait({task}, timeout=30)
    write("restart", ended=bool(done), error=repr(task.exception()) if done else None, connected=client.connected)
    events.clear()
    client, _ = await connect()
    write("restart: login", connected=client.connected)
    write("restart: ping", state=(await client.get_config())["state"])
    await client.disconnect()


async def session():
    client, task = await login()
    await start_equal(client)
    await read(client)
    stop = await lamps(client)
    await other_things(client)
    stop()
    await asyncio.sleep(QUIET)
    await faults(client)
    await own_events(client)
    await triggers(client)
    if RESTARTS:
        await over_a_restart(client, task)
    else:
        await client.disconnect()


asyncio.run(session())

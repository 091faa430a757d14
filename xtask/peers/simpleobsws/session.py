"""A session of simpleobsws (MessagePack) with an OBS that is real or simulated."""

import asyncio
import os
import time

import simpleobsws
from simpleobsws import IdentificationParameters, Request

from lines import RESTARTS, restart, write

URL = os.environ["PEER_URL"]
PASSWORD = os.environ["PEER_PASSWORD"]
# Everything that the session makes is called so; the rest of the studio is left out.
OURS = "Check"
# Events that belong to a step come within this time of one another.
QUIET = 0.25
PATIENCE = 6
# All but the high-volume events and those of media, which the simulator does not play.
HEARD = 0xFFF & ~256

events = []


async def on_event(kind, data):
    events.append((time.monotonic(), kind, data or {}))


def is_ours(row, keys=("sceneName", "inputName", "sourceName")):
    names = [value for key, value in row.items() if key in keys]
    return not names or any(name.startswith(OURS) for name in names)


def ours(value):
    """Lists are cut to what is ours; names of scenes that are not ours are hidden."""
    if isinstance(value, list):
        return [ours(row) for row in value if not isinstance(row, dict) or is_ours(row)]
    if isinstance(value, dict):
        return {key: ours(one) for key, one in value.items()}
    return value


def hidden(data):
    names = ("sceneName", "currentProgramSceneName", "currentPreviewSceneName")
    return {
        key: "<other>" if key in names and isinstance(value, str) and not value.startswith(OURS) else ours(value)
        for key, value in data.items()
    }


async def write_events(step, wait):
    """Waits for the events named, and then until it is quiet; writes them, by kind and then as they came."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        kinds = [kind for _, kind, _ in events]
        missing = [kind for kind in set(wait) if kinds.count(kind) < wait.count(kind)]
        last = max([at for at, _, _ in events], default=0)
        if not missing and time.monotonic() - last > QUIET:
            break
        await asyncio.sleep(0.02)
    # OBS sends them from several threads: only those of one kind have an order.
    for _, kind, data in sorted(events, key=lambda event: event[1]):
        if is_ours(data, ("inputName", "sourceName")):
            write(step, event=kind, data=hidden(data))
    events.clear()


def answer(response):
    status = response.requestStatus
    seen = {"result": status.result, "code": status.code, "comment": status.comment}
    if response.has_data():
        seen["data"] = hidden(response.responseData)
    return seen


async def step(client, kind, data=None, wait=(), keys=False):
    """One request, its answer and the events that it causes."""
    response = await client.call(Request(kind, data))
    seen = answer(response)
    if keys:
        seen["data"] = sorted(seen["data"])
    write(kind, asked=data, **seen)
    await write_events(kind, list(wait))
    return response


async def connect(password=PASSWORD, mask=HEARD):
    client = simpleobsws.WebSocketClient(URL, password, IdentificationParameters(eventSubscriptions=mask))
    client.register_event_callback(on_event)
    await client.connect()
    return client


async def until_closed(client):
    deadline = time.monotonic() + PATIENCE
    while client.ws_open and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return {"open": client.ws_open, "code": client.ws.close_code, "reason": client.ws.close_reason}


async def login():
    client = await connect("wrong")
    write("wrong password", identified=await client.wait_until_identified(1), **await until_closed(client))
    client = await connect()
    identified = await client.wait_until_identified(PATIENCE)
    hello = client.hello_message
    write("login", identified=identified, version=hello["obsWebSocketVersion"], hello=hello)
    return client


async def general(client):
    version = (await step(client, "GetVersion", keys=True)).responseData
    used = ["GetVersion", "CreateScene", "SetCurrentProgramScene", "StartRecord", "SetInputMute", "NoSuchRequest"]
    write("version", available=[name for name in used if name in version["availableRequests"]])
    await step(client, "GetStats", keys=True)
    await step(client, "BroadcastCustomEvent", {"eventData": {"a": [1, 2.5, None, "é"]}}, ["CustomEvent"])
    await step(client, "BroadcastCustomEvent", {"eventData": 1})
    await step(client, "BroadcastCustomEvent")
    await step(client, "NoSuchRequest", {"a": 1})
    await step(client, "Sleep", {"sleepMillis": 1})


async def scenes(client):
    await step(client, "GetSceneList", keys=True)
    await step(client, "CreateScene", {"sceneName": "Check A"}, ["SceneCreated", "SceneListChanged"])
    await step(client, "CreateScene", {"sceneName": "Check B"}, ["SceneCreated", "SceneListChanged"])
    await step(client, "CreateScene", {"sceneName": "Check B"})
    for name in (None, "", 1):
        await step(client, "CreateScene", {"sceneName": name})
    await step(client, "CreateScene")
    await step(client, "SetSceneName", {"sceneName": "Check B", "newSceneName": "Check C"}, ["SceneNameChanged"])
    await step(client, "SetSceneName", {"sceneName": "Check C", "newSceneName": "Check A"})
    await step(client, "GetSceneList")
    switched = ["CurrentProgramSceneChanged", "SceneTransitionStarted", "SceneTransitionEnded"]
    await step(client, "SetCurrentProgramScene", {"sceneName": "Check A"}, switched)
    await step(client, "GetCurrentProgramScene")
    await step(client, "SetCurrentProgramScene", {"sceneName": "Check A"})
    await step(client, "SetCurrentProgramScene", {"sceneName": "Check none"})
    await step(client, "SetCurrentProgramScene", {})
    await step(client, "SetCurrentProgramScene")
    await step(client, "GetCurrentPreviewScene")
    await step(client, "GetSceneSceneTransitionOverride", {"sceneName": "Check A"})


async def inputs(client):
    made = ["InputCreated", "SceneItemCreated", "SceneItemSelected"]
    colour = {"sceneName": "Check A", "inputName": "Check colour", "inputKind": "color_source_v3"}
    settings = {"color": 4278190335, "width": 320, "height": 180}
    await step(client, "CreateInput", {**colour, "inputSettings": settings}, made)
    await step(client, "CreateInput", colour)
    await step(client, "CreateInput", {**colour, "inputName": "Check x", "inputKind": "no_such_kind"})
    media = {"sceneName": "Check A", "inputName": "Check media", "inputKind": "ffmpeg_source"}
    await step(client, "CreateInput", {**media, "sceneItemEnabled": False}, [*made, "SceneItemEnableStateChanged"])
    await step(client, "GetInputList")
    await step(client, "GetInputList", {"inputKind": "color_source_v3"})
    media = {"inputName": "Check media"}
    colour = {"inputName": "Check colour"}
    await step(client, "GetInputSettings", colour)
    await step(client, "SetInputSettings", {**colour, "inputSettings": {"width": 640}})
    await step(client, "GetInputSettings", colour)
    await step(client, "GetInputDefaultSettings", {"inputKind": "color_source_v3"})
    await step(client, "GetInputMute", media)
    await step(client, "SetInputMute", {**media, "inputMuted": True}, ["InputMuteStateChanged"])
    await step(client, "SetInputMute", {**media, "inputMuted": True}, ["InputMuteStateChanged"])
    await step(client, "ToggleInputMute", media, ["InputMuteStateChanged"])
    await step(client, "SetInputMute", {**media, "inputMuted": "yes"})
    await step(client, "SetInputMute", {**colour, "inputMuted": True})
    await step(client, "GetInputVolume", media)
    await step(client, "SetInputVolume", {**media, "inputVolumeMul": 0.5}, ["InputVolumeChanged"])
    await step(client, "SetInputVolume", {**media, "inputVolumeDb": -10}, ["InputVolumeChanged"])
    await step(client, "GetInputVolume", media)
    await step(client, "SetInputVolume", {**media, "inputVolumeMul": 21})
    await step(client, "SetInputVolume", {**media, "inputVolumeDb": -101})
    await step(client, "SetInputVolume", {**media, "inputVolumeMul": 1, "inputVolumeDb": 0})
    await step(client, "SetInputVolume", media)
    await step(client, "SetInputAudioBalance", {**media, "inputAudioBalance": 0.25}, ["InputAudioBalanceChanged"])
    await step(client, "GetInputAudioBalance", media)
    offset = {**media, "inputAudioSyncOffset": 100}
    await step(client, "SetInputAudioSyncOffset", offset, ["InputAudioSyncOffsetChanged"])
    await step(client, "GetInputAudioSyncOffset", media)
    await step(client, "GetInputMute", {"inputName": "Check none"})
    await step(client, "GetInputMute", {"inputName": "Check A"})
    await step(client, "SetInputName", {**media, "newInputName": "Check sound"}, ["InputNameChanged"])


async def items(client):
    made = ["SceneItemCreated", "SceneItemSelected"]
    scene = {"sceneName": "Check A"}
    await step(client, "GetSceneItemList", scene)
    await step(client, "GetSceneItemId", {**scene, "sourceName": "Check sound"})
    await step(client, "GetSceneItemId", {**scene, "sourceName": "Check none"})
    second = {**scene, "sceneItemId": 2}
    await step(client, "GetSceneItemEnabled", second)
    await step(client, "SetSceneItemEnabled", {**second, "sceneItemEnabled": True}, ["SceneItemEnableStateChanged"])
    await step(client, "SetSceneItemEnabled", {**second, "sceneItemEnabled": True})
    await step(client, "SetSceneItemLocked", {**second, "sceneItemLocked": True}, ["SceneItemLockStateChanged"])
    await step(client, "GetSceneItemLocked", second)
    await step(client, "GetSceneItemIndex", second)
    await step(client, "SetSceneItemIndex", {**second, "sceneItemIndex": 0}, ["SceneItemListReindexed"])
    await step(client, "SetSceneItemIndex", {**second, "sceneItemIndex": 0})
    await step(client, "SetSceneItemIndex", {**second, "sceneItemIndex": 9}, ["SceneItemListReindexed"])
    await step(client, "GetSceneItemTransform", {**scene, "sceneItemId": 1})
    await step(client, "GetSceneItemEnabled", {**scene, "sceneItemId": 9})
    await step(client, "GetSceneItemEnabled", {**scene, "sceneItemId": "2"})
    await step(client, "GetSceneItemEnabled", {**scene, "sceneItemId": -1})
    await step(client, "CreateSceneItem", {"sceneName": "Check C", "sourceName": "Check colour"}, made)
    await step(client, "RemoveSceneItem", {"sceneName": "Check C", "sceneItemId": 1}, ["SceneItemRemoved"])
    await step(client, "RemoveSceneItem", {"sceneName": "Check C", "sceneItemId": 1})
    await step(client, "RemoveInput", {"inputName": "Check sound"}, ["InputRemoved", "SceneItemRemoved"])
    await step(client, "RemoveInput", {"inputName": "Check sound"})


async def studio_mode(client):
    await step(client, "TriggerStudioModeTransition")
    on, off = {"studioModeEnabled": True}, {"studioModeEnabled": False}
    await step(client, "SetStudioModeEnabled", on, ["StudioModeStateChanged"])
    await step(client, "SetStudioModeEnabled", on)
    await step(client, "GetStudioModeEnabled")
    await step(client, "SetCurrentPreviewScene", {"sceneName": "Check C"}, ["CurrentPreviewSceneChanged"])
    await step(client, "GetCurrentPreviewScene")
    taken = ["CurrentProgramSceneChanged", "SceneTransitionStarted", "SceneTransitionEnded"]
    await step(client, "TriggerStudioModeTransition", None, taken)
    await step(client, "GetCurrentProgramScene")
    # The program scene is told of as if it were left and taken again.
    left = ["CurrentProgramSceneChanged"] * 2 + ["StudioModeStateChanged"]
    await step(client, "SetStudioModeEnabled", off, left)
    await step(client, "SetStudioModeEnabled")


async def transitions(client):
    await step(client, "GetSceneTransitionList", keys=True)
    changed = ["CurrentSceneTransitionChanged"]
    await step(client, "SetCurrentSceneTransition", {"transitionName": "Cut"}, changed)
    await step(client, "GetCurrentSceneTransition")
    cut = ["CurrentProgramSceneChanged", "SceneTransitionStarted", "SceneTransitionEnded"]
    await step(client, "SetCurrentProgramScene", {"sceneName": "Check A"}, cut)
    await step(client, "SetCurrentSceneTransition", {"transitionName": "Fade"}, changed)
    await step(client, "SetCurrentSceneTransition", {"transitionName": "Check none"})
    changed = ["CurrentSceneTransitionDurationChanged"]
    await step(client, "SetCurrentSceneTransitionDuration", {"transitionDuration": 200}, changed)
    await step(client, "SetCurrentSceneTransitionDuration", {"transitionDuration": 49})
    await step(client, "SetCurrentSceneTransitionDuration", {"transitionDuration": "1"})
    await step(client, "SetCurrentSceneTransitionDuration", {"transitionDuration": 300}, changed)
    await step(client, "GetCurrentSceneTransition")


async def outputs(client):
    await step(client, "GetRecordStatus")
    await step(client, "StopRecord")
    await step(client, "StartRecord", None, ["RecordStateChanged"] * 2)
    await step(client, "StartRecord")
    running = await client.call(Request("GetRecordStatus"))
    write("recording", **answer(running))
    await step(client, "ResumeRecord")
    # OBS ends no file that has no frame yet.
    await asyncio.sleep(1)
    await step(client, "StopRecord", None, ["RecordStateChanged"] * 2)
    await step(client, "ToggleRecord", None, ["RecordStateChanged"] * 2)
    await asyncio.sleep(1)
    await step(client, "ToggleRecord", None, ["RecordStateChanged"] * 2)
    await step(client, "GetStreamStatus")
    await step(client, "StopStream")
    await step(client, "SendStreamCaption", {"captionText": "Check"})
    await step(client, "GetVirtualCamStatus")
    await step(client, "StartVirtualCam")


async def batches(client):
    mute = Request("SetSceneItemLocked", {"sceneName": "Check A", "sceneItemId": 1, "sceneItemLocked": True})
    wrong = Request("SetSceneItemLocked", {"sceneName": "Check A", "sceneItemId": 7, "sceneItemLocked": True})
    sleep = Request("Sleep", {"sleepMillis": 10})
    unknown = Request("NoSuchRequest")
    for halt in (False, True):
        results = await client.call_batch([mute, sleep, wrong, unknown], halt_on_failure=halt)
        write("batch", halt=halt, results=[{"type": one.requestType, **answer(one)} for one in results])
        await write_events("batch", [] if halt else ["SceneItemLockStateChanged"])


async def silence(client):
    """A client that wants no events gets none; the other hears of what it did."""
    deaf = await connect(mask=0)
    await deaf.wait_until_identified(PATIENCE)
    before = len(events)
    response = await deaf.call(Request("BroadcastCustomEvent", {"eventData": {"from": "deaf"}}))
    write("no events", **answer(response), before=before)
    await write_events("no events", ["CustomEvent"])
    await deaf.disconnect()


async def tidy(client, first):
    switched = ["CurrentProgramSceneChanged", "SceneTransitionStarted", "SceneTransitionEnded"]
    response = await client.call(Request("SetCurrentProgramScene", {"sceneName": first}))
    write("back", **answer(response))
    await write_events("back", switched)
    # Its scene is not drawn any more, so that nobody notices that the item is gone.
    await step(client, "RemoveInput", {"inputName": "Check colour"}, ["InputRemoved"])
    for name in ("Check A", "Check C"):
        await step(client, "RemoveScene", {"sceneName": name}, ["SceneRemoved", "SceneListChanged"])
    await step(client, "RemoveScene", {"sceneName": "Check A"})
    await step(client, "GetSceneList")


async def over_a_restart(client):
    """simpleobsws does not connect again by itself: the session does."""
    await restart()
    # How OBS takes leave depends on how it was ended: by a signal it says nothing.
    write("restart", open=(await until_closed(client))["open"])
    events.clear()
    client = await connect()
    write("restart: login", identified=await client.wait_until_identified(PATIENCE))
    # A studio that loads answers 207 to everything.
    deadline = time.monotonic() + 30
    while (response := await client.call(Request("GetRecordStatus"))).requestStatus.code == 207:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    events.clear()
    write("restart: GetRecordStatus", **answer(response))
    await client.disconnect()


async def session():
    client = await login()
    await general(client)
    first = (await client.call(Request("GetCurrentProgramScene"))).responseData["currentProgramSceneName"]
    await scenes(client)
    await inputs(client)
    await items(client)
    await studio_mode(client)
    await transitions(client)
    await outputs(client)
    await batches(client)
    await silence(client)
    await tidy(client, first)
    if RESTARTS:
        await over_a_restart(client)
    else:
        await client.disconnect()


asyncio.run(session())

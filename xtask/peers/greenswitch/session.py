"""A session of greenswitch with a FreeSWITCH that is real, simulated, or played back from recordings.

It asks what the recordings ask, in their order: one connection for each of them.
"""

import os
import re
import time

import gevent
import greenswitch

from lines import write

HOST, PORT = os.environ["PEER_ADDRESS"].rsplit(":", 1)
PASSWORD = os.environ["PEER_PASSWORD"]
PATIENCE = 8
# What stands in every event of a channel, and what is nobody's accident.
FIELDS = ["Channel-State", "Channel-Call-State", "Answer-State", "Application", "Application-Data", "Application-Response",
          "Application-UUID-Name", "Hangup-Cause", "DTMF-Digit", "Playback-File-Path", "Playback-Status"]
NOBODY = "00000000-0000-0000-0000-000000000000"
CALL = "11111111-1111-4111-8111-111111111101"
CHANNEL = "22222222-2222-4222-8222-222222222202"

ERRORS = [
    "api nosuchcommand", "api nosuchcommand arg", "api uuid_kill", f"api uuid_kill {NOBODY}", "api uuid_getvar",
    f"api uuid_getvar {NOBODY} x", f"api uuid_setvar {NOBODY} x y", f"api uuid_exists {NOBODY}", f"api uuid_dump {NOBODY}",
    "api uuid_bridge a b", "api uuid_transfer bad 5900", "api uuid_answer bad", "api uuid_broadcast bad x",
    "api uuid_record bad start /srv/rec/x.wav", "api uuid_hold bad", "api uuid_park bad", "api uuid_send_dtmf bad 1",
    "api uuid_audio bad start read mute 1", "api originate", "api originate loopback/busy/default &park",
    "api originate loopback/9999 &park", "api originate nosuch/x &park",
    "api originate {originate_timeout=1}loopback/ring/default &park", "api originate user/nobody@test.local &park",
    "api conference 3000 list", "api conference nosuch kick all", "api load mod_nosuch", "api unload mod_nosuch",
    "api reload mod_nosuch", "api hupall", "api sofia status profile nosuch", "api sofia nosuch", "api sched_del 99", "api break",
    "api uuid_nosuch x", "nosuch", "api", "api ", "bgapi", "event", "event plain", "event plain NOSUCH", "event NOSUCH",
    "event bogus ALL", "nixevent", "nixevent NOSUCH", "noevents", "filter", "filter x", "filter delete", "linger", "nolinger",
    "nolog", "log bogus", "sendmsg", "sendmsg bad", "myevents", "myevents bad", f"myevents {NOBODY} plain", "divert_events on",
    "getvar x", "connect", "resume",
]
FILTERS = [
    "event plain CUSTOM test::f", "filter X-Who alice", "filter X-Who bob", "filter delete X-Who alice", "filter delete all",
    "filter X-Who /^al/", "filter delete X-Who", "filter X-Who -bob", "filter add X-Who +alice", "filter x-who alice",
    "filter X-Who two words", "filter delete X-Who two words", "filter delete nosuch",
]


class Connection:
    """A connection and the events that came on it."""

    def __init__(self, password=PASSWORD):
        self.events = []
        self.esl = greenswitch.InboundESL(host=HOST, port=int(PORT), password=password)
        self.esl.register_handle("*", lambda event: self.events.append(event.headers))
        self.esl.connect()

    def ask(self, text):
        return self.esl.send(text).data

    def until(self, name, count=1):
        deadline = time.monotonic() + PATIENCE
        while sum(1 for event in self.events if event.get("Event-Name") == name) < count and time.monotonic() < deadline:
            gevent.sleep(0.02)

    def close(self):
        self.esl.stop()


def plain(event):
    seen = {key: event[key] for key in FIELDS if event.get(key) not in (None, "")}
    return {"event": event["Event-Name"], **seen}


def login():
    try:
        Connection("wrong")
    except ValueError as error:
        write("wrong password", error=str(error))


def errors():
    connection = Connection()
    version = connection.ask("api version").split(" ")[2].split("-")[0]
    write("login", version=version)
    for command in ERRORS:
        write(command, answer=connection.ask(command))
    connection.close()


def jobs():
    connection = Connection()
    connection.ask("event plain BACKGROUND_JOB")
    own = ["nosuchcommand x\nJob-UUID: my-own-id", "global_getvar nosuch\nJob-UUID: empty",
           "originate loopback/busy/default &park\nJob-UUID: busy",
           "show channels as json\nJob-UUID: json"]
    for command in own:
        write("bgapi " + command.split("\n")[0], answer=connection.ask("bgapi " + command))
    connection.until("BACKGROUND_JOB", len(own))
    connection.close()
    done = []
    for name in ("busy", "empty", "my-own-id"):
        event = next((event for event in connection.events if event.get("Job-UUID") == name), {})
        # it takes the body of an event for more of the last header
        result = event.get("Content-Length", "").partition("\n\n")[2]
        done.append({"job": name, "command": event.get("Job-Command"), "argument": event.get("Job-Command-Arg"), "result": result})
    write("jobs", done=done)


def call():
    """The events of one call, of each of its channels in the order of their numbers."""
    connection = Connection()
    connection.ask("event plain ALL")
    variables = f"{{origination_uuid={CALL},test_utf8='Grüße €',test_pct=100%,test_hex=%41%zz,test_sp='a b',test_colon=a:b}}"
    connection.ask(f"bgapi originate {variables}loopback/sleep300/default &park")
    connection.until("CHANNEL_DESTROY", 2)
    # one state comes after the end
    connection.until("CHANNEL_STATE", 16)
    gevent.sleep(0.2)
    connection.close()
    channels = {}
    for event in sorted(connection.events, key=lambda event: int(event.get("Event-Sequence", 0))):
        if event.get("Event-Name", "").startswith("CHANNEL_"):
            half = "a" if event["Unique-ID"] == CALL else "b"
            channels.setdefault(half, []).append(event)
    for half in sorted(channels):
        for event in channels[half]:
            write("call, half " + half, **plain(event))
    last = next((event for event in channels.get("a", []) if event["Event-Name"] == "CHANNEL_HANGUP_COMPLETE"), {})
    # it decodes the whole event at once, and %41 is A then
    write("variables", **{key: last[key] for key in sorted(last) if key.startswith("variable_test_")})


def messages():
    connection = Connection()
    connection.ask("event plain CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP PLAYBACK_START PLAYBACK_STOP DTMF CHANNEL_PARK")
    connection.ask(f"filter Unique-ID {CHANNEL}")
    originate = f"api originate {{origination_uuid={CHANNEL}}}loopback/9196/default &park"
    write("originate", answer=connection.ask(originate))
    connection.until("CHANNEL_PARK")
    done = 0

    def send(text, completes=1, waits=True):
        nonlocal done
        write(" ".join(text.split("\n")), answer=connection.ask(f"sendmsg {CHANNEL}\n{text}"))
        done += completes
        if waits:
            connection.until("CHANNEL_EXECUTE_COMPLETE", done)

    execute = "call-command: execute\nexecute-app-name: "
    send(execute + "set\nexecute-app-arg: foo=bar baz")
    send(execute + "set\nEvent-UUID-Name: my-name\nexecute-app-arg: a=c")
    send("call-command: nosuch", 0)
    send("execute-app-name: set", 0)
    send(execute + "sleep\nexecute-app-arg: 600\nloops: 3", 3)
    send(execute + "set\nexecute-app-arg: x=y\nloops: 3")
    send(execute + "send_dtmf\nexecute-app-arg: 12#")
    send(execute + "playback\nexecute-app-arg: /srv/rec/nosuch.wav")
    send("call-command: nomedia\nnomedia-uuid: noid", 0)
    unicast = "local-ip: 127.0.0.1\nlocal-port: 18025\nremote-ip: 127.0.0.1\nremote-port: 18026\ntransport: udp"
    send("call-command: unicast\n" + unicast, 0)
    send("call-command: xferext\napplication: log INFO one\napplication: sleep 100\napplication: park", 3)
    connection.until("CHANNEL_PARK", 2)
    send("call-command: hangup\nhangup-cause: USER_BUSY")
    write("originate again", answer=connection.ask(originate))
    connection.until("CHANNEL_PARK", 3)
    # an application that is none ends the call
    send(execute + "nosuchapp", 1)
    deadline = time.monotonic() + PATIENCE
    while f"{connection.ask('api uuid_exists ' + CHANNEL)}" == "true" and time.monotonic() < deadline:
        gevent.sleep(0.05)
    send(execute + "set\nexecute-app-arg: a=b", 0)
    connection.close()
    for event in connection.events:
        if "Event-Name" in event:
            write("messages", **plain(event))


def filters():
    connection = Connection()
    for command in FILTERS:
        write(command, answer=connection.ask(command))
    connection.close()


def main():
    login()
    errors()
    filters()
    jobs()
    call()
    messages()


main()

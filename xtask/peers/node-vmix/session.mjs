// A session of node-vmix (TCP and HTTP) with a simulated vMix.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { ConnectionTCP, ConnectionHTTP, CommandSenderHTTP } = createRequire(process.env.PEER_MODULES + "/")("node-vmix");

// What belongs to a step comes within this time of one another.
const QUIET = 200;
const PATIENCE = 5000;
const RESTARTS = process.env.PEER_RESTARTS === "1";
const [host, port] = process.env.PEER_TCP.split(":");
const [httpHost, httpPort] = process.env.PEER_HTTP.split(":");

const heard = [];
let last = 0;

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
const write = (step, seen) => console.log(JSON.stringify({ step, ...seen }));

function hear(kind, message) {
  heard.push([kind, message]);
  last = Date.now();
}

// Waits for `count` messages, and then until it is quiet. Pushes come before and after the reply, and a transition shows
// tallies in between: what is written is the replies, the activators in their order, and where the tally ended.
async function told(step, count) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline && !(heard.length >= count && Date.now() - last > QUIET)) {
    await sleep(10);
  }
  const of = (kind) => heard.filter(([one]) => one === kind).map(([, message]) => message);
  const seen = {};
  if (of("data").length) seen.replies = of("data");
  if (of("activators").length) seen.activators = of("activators");
  if (of("tally").length) seen.tally = of("tally").at(-1);
  heard.length = 0;
  write(step, seen);
}

function connect() {
  const connection = new ConnectionTCP(host, { port: Number(port), autoReconnect: false });
  // It gives the banner, the state and errors to `data` too.
  connection.on("version", (version) => hear("version", version));
  connection.on("data", (message) => hear(message.startsWith("VERSION ") ? "version" : message.startsWith("<") ? "xml" : "data", message));
  connection.on("tally", (tally) => hear("tally", tally));
  connection.on("activators", (message) => hear("activators", message));
  connection.on("close", () => hear("close", ""));
  connection.on("error", () => {});
  return connection;
}

async function until(kind) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const found = heard.find(([one]) => one === kind);
    if (found) {
      heard.length = 0;
      return found[1];
    }
    await sleep(10);
  }
  return null;
}

// What the state says, as far as the session touches it.
function digest(xml) {
  const text = (name) => xml.match(new RegExp(`<${name}[^>]*>([^<]*)</${name}>`))?.[1] ?? null;
  const input = (number) => xml.match(new RegExp(`<input [^>]*number="${number}"[^>]*>`))?.[0] ?? "";
  const attribute = (number, name) => input(number).match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? null;
  return {
    root: xml.startsWith("<vmix>"),
    version: text("version"),
    inputs: (xml.match(/<input /g) ?? []).length,
    preview: text("preview"),
    active: text("active"),
    fadeToBlack: text("fadeToBlack"),
    recording: text("recording"),
    overlay1: xml.match(/<overlay number="1"[^>]*>([^<]*)</)?.[1] ?? "",
    title: attribute(1, "title"),
    muted: [attribute(5, "muted"), attribute(5, "volume")],
    silent: attribute(3, "volume"),
    headline: xml.match(/<text [^>]*name="Headline.Text"[^>]*>([^<]*)</)?.[1] ?? null,
  };
}

async function tcp(connection, command, count) {
  await connection.send(command);
  await told(typeof command === "string" ? command : JSON.stringify(command), count);
}

async function call(connection, name, fields, count) {
  const step = [name, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)].join(" ");
  await connection.send({ Function: name, ...fields });
  await told(step, count);
}

async function state(connection, step) {
  await connection.send("XML");
  write(step, { state: digest((await until("xml")) ?? "") });
}

async function session() {
  let connection = connect();
  write("login", { banner: await until("version") });
  await tcp(connection, "TALLY", 1);
  await tcp(connection, "SUBSCRIBE TALLY", 2);
  await tcp(connection, "SUBSCRIBE ACTS", 1);
  await state(connection, "state");

  await call(connection, "Cut", { Input: 3 }, 4);
  await call(connection, "Fade", { Input: 1, Duration: 300 }, 5);
  await call(connection, "PreviewInput", { Input: 2 }, 4);
  await call(connection, "Cut", { Input: "Camera 2" }, 4);
  await call(connection, "CutDirect", { Input: 1 }, 3);
  await call(connection, "OverlayInput1In", { Input: 4 }, 3);
  await tcp(connection, "ACTS Overlay1", 1);
  await call(connection, "OverlayInput1Off", {}, 3);
  await tcp(connection, "ACTS Overlay1", 1);
  await call(connection, "SetVolume", { Input: 5, Value: 50 }, 2);
  await call(connection, "SetVolume", { Input: 5, Value: 75 }, 2);
  await call(connection, "AudioOff", { Input: 5 }, 2);
  await call(connection, "SetText", { Input: 4, SelectedName: "Headline.Text", Value: "H&M + Co" }, 1);
  await call(connection, "StartRecording", {}, 2);
  await state(connection, "state after all that");
  await call(connection, "StopRecording", {}, 2);
  await call(connection, "StartStreaming", {}, 2);
  await call(connection, "StopStreaming", {}, 2);

  await tcp(connection, "XMLTEXT vmix/inputs/input[1]/@title", 1);
  await tcp(connection, "XMLTEXT vmix/version", 1);
  await tcp(connection, "XMLTEXT vmix/nothing", 1);
  await tcp(connection, "ACTS Input 1", 1);
  await tcp(connection, "ACTS InputVolume 5", 1);
  await tcp(connection, "ACTS Overlay9 1", 1);
  await tcp(connection, "PING", 1);
  await call(connection, "NoSuchFunction", {}, 1);
  await tcp(connection, "NOSUCH COMMAND", 1);
  await tcp(connection, "SUBSCRIBE NOTHING", 1);
  await tcp(connection, "UNSUBSCRIBE ACTS", 1);
  await call(connection, "AudioOn", { Input: 5 }, 1);
  await tcp(connection, ["PING", "VERSION", "TALLY"], 3);

  await overHttp(connection);

  if (RESTARTS) {
    await restart();
    write("restart", { closed: (await until("close")) !== null, connected: connection.connected() });
    connection = connect();
    write("restart: login", { banner: await until("version") });
    await tcp(connection, "TALLY", 1);
  }
  connection.send("QUIT");
  write("QUIT", { closed: (await until("close")) !== null });
  connection.shutdown();
}

async function overHttp(connection) {
  const sender = new CommandSenderHTTP(new ConnectionHTTP(httpHost, Number(httpPort)));
  const get = async (step, command) => {
    const answer = await sender.send(command).catch((error) => error.response);
    const body = typeof answer?.data === "string" && answer.data.startsWith("<vmix") ? digest(answer.data) : answer?.data;
    // What vMix says with a failure is not known.
    write(`HTTP ${step}`, { status: answer?.status, body: answer?.status === 200 ? body : undefined });
  };
  await get("state", {});
  await get("PreviewInput", { Function: "PreviewInput", Input: 3 });
  await told("heard of it", 1);
  await get("NoSuchFunction", { Function: "NoSuchFunction" });
  await get("Fade of no input", { Function: "Fade", Input: 99 });
  heard.length = 0;
  await tcp(connection, "TALLY", 1);
}

function restart() {
  return new Promise((done) => {
    const lines = createInterface({ input: process.stdin });
    lines.once("line", () => {
      lines.close();
      done();
    });
    console.log(JSON.stringify({ do: "restart" }));
  });
}

await session();
process.exit(0);

// The line to the server: one WebSocket a tab. Where sockets are blocked, server-sent events, and polling where those
// are held up. Knows frames and when to try again; what a frame means to the page is the listener's business.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const OPEN_WITHIN = 6_000;
const PING_EVERY = 20_000;
const SILENCE = 10_000;
const POLL_EVERY = 1_000;
const RESTARTING = 1012; // close codes
const SIGNED_OUT = 4401;
const SPREAD = 1_000; // a server that goes down sends many away at once
const RESTARTS_WITHIN = 20_000;
const RESTART_DELAY = 1_000;
const TOO_MANY = 4429; // its reason is after how many seconds it is worth trying again

const jitter = (ms) => ms * (0.5 + Math.random() / 2);
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export class Line {
  /**
   * `on`: { frame(frame), mode(mode), follow() → [{id, seq, blocks}] of running answers,
   *         check() → Promise, rejected when the server cannot be reached }.
   * `mode` is "socket", "fallback" or "lost".
   */
  constructor(path, on) {
    this.url = new URL(path, location.href);
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.on = on;
    this.mode = "";
    this.tries = 0;
    this.refused = 0;
    this.restartsUntil = 0;
    this.streams = new Map();
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.drop());
    addEventListener("pageshow", (event) => event.persisted && this.now());
    document.addEventListener("visibilitychange", () => this.seen());
    setInterval(() => this.ping(), PING_EVERY);
    this.connect();
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a frame if there is a socket; says whether. */
  send(frame) {
    if (this.open) this.socket.send(JSON.stringify(frame));
    return this.open;
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    let greeted = false; // some proxies open a socket and let nothing through
    const late = setTimeout(() => socket.close(), OPEN_WITHIN);
    socket.onmessage = (event) => {
      this.heard = true;
      const frame = JSON.parse(event.data);
      if (frame.type === "restart") {
        this.retryIn = frame.retry_in_ms;
        return;
      }
      if (!greeted) {
        clearTimeout(late);
        greeted = true;
        this.tries = this.refused = 0;
        this.stopFallback();
        this.is("socket");
      }
      this.on.frame(frame);
    };
    socket.onclose = (event) => {
      clearTimeout(late);
      if (this.socket === socket) this.closed(greeted, event.code, event.reason);
    };
  }

  closed(greeted, code, reason) {
    this.socket = null;
    if (!greeted) this.refused += 1;
    if (code === RESTARTING) return this.restarts();
    if (this.mode !== "fallback") this.is("lost");
    if (this.refused >= 2 || code === SIGNED_OUT || code === TOO_MANY) this.fallBack();
    const longest = Date.now() < this.restartsUntil ? RESTART_DELAY : LONGEST_DELAY;
    const delay =
      code === TOO_MANY ? Math.max(2 * LONGEST_DELAY, 2_000 * Number(reason))
      : Math.min(longest, FIRST_DELAY * 2 ** this.tries);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), jitter(delay));
  }

  /** The server will be back in a moment, or another is there already: no news for the person yet. */
  restarts() {
    if (this.mode === "socket") this.mode = ""; // that the next socket is open is told all the same
    this.restartsUntil = Date.now() + RESTARTS_WITHIN;
    this.timer = setTimeout(() => this.connect(), this.retryIn ?? Math.random() * SPREAD);
  }

  /** Tries again at once: the network is back, or the person is. */
  now() {
    if (this.open || this.socket?.readyState === WebSocket.CONNECTING) return;
    this.tries = 0;
    this.connect();
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.stopFallback();
    this.is("lost");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), LONGEST_DELAY);
  }

  seen() {
    if (document.hidden) {
      if (this.mode === "fallback") this.stopStreams(); // a hidden tab holds none of the few connections
      return;
    }
    if (!this.open) this.now();
    else this.ping(3_000);
    this.follow();
  }

  /** A socket can be dead without knowing it: no answer within `patience` ms, and it is given up. */
  ping(patience = SILENCE) {
    const socket = this.socket;
    if (!this.send({ type: "ping" })) return;
    this.heard = false;
    setTimeout(() => {
      if (this.heard || this.socket !== socket) return;
      this.socket = null;
      socket.close();
      this.closed(true, 0);
    }, patience);
  }

  is(mode) {
    if (this.mode === mode) return;
    this.mode = mode;
    this.on.mode(mode);
  }

  // --- without sockets ---

  async fallBack() {
    try {
      await this.on.check();
    } catch {
      this.stopFallback();
      if (!this.open) this.is("lost");
      return;
    }
    if (this.open) return;
    this.is("fallback");
    this.follow();
  }

  /** Reads every running answer that is not being read yet. */
  follow() {
    if (this.mode !== "fallback" || document.hidden) return;
    for (const answer of this.on.follow()) if (!this.streams.has(answer.id)) this.stream(answer);
  }

  stream({ id, seq, blocks }) {
    const source = new EventSource(`/generations/${id}/frames?after=${seq}&blocks=${blocks}`);
    const reader = { close: () => { source.close(); clearTimeout(reader.quiet); } };
    const poll = () => { reader.close(); if (this.streams.get(id) === reader) this.poll(id); };
    reader.quiet = setTimeout(poll, SILENCE);
    this.streams.set(id, reader);
    source.onmessage = (event) => {
      clearTimeout(reader.quiet);
      reader.quiet = setTimeout(poll, SILENCE);
      this.took(id, JSON.parse(event.data));
    };
    source.onerror = poll;
  }

  async poll(id) {
    const reader = { close: () => { reader.closed = true; } };
    this.streams.set(id, reader);
    for (let pause = POLL_EVERY; !reader.closed; await wait(jitter(pause))) {
      const answer = this.on.follow().find((running) => running.id === id);
      if (!answer) break;
      try {
        const response = await fetch(`/generations/${id}/frames?poll=1&after=${answer.seq}&blocks=${answer.blocks}`);
        if (!response.ok) throw new Error(String(response.status));
        for (const frame of await response.json()) if (!reader.closed) this.took(id, frame);
        pause = POLL_EVERY;
        if (this.mode === "lost") this.is("fallback");
      } catch {
        this.is("lost");
        pause = Math.min(LONGEST_DELAY, pause * 2);
      }
    }
    if (this.streams.get(id) === reader) this.streams.delete(id);
  }

  took(id, frame) {
    this.on.frame(frame);
    if (frame.type !== "end") return;
    this.streams.get(id)?.close();
    this.streams.delete(id);
  }

  stopStreams() {
    for (const reader of this.streams.values()) reader.close();
    this.streams.clear();
  }

  stopFallback() {
    this.stopStreams();
    if (this.mode === "fallback") this.mode = "";
  }
}

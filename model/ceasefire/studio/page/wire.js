// The socket: numbered questions, answers to the newest only, and what is said when the connection is lost.

const MOST = 200;
const PATIENCE = [500, 1000, 2000, 4000, 8000];

export class Wire extends EventTarget {
  /** `heard(message)` gets what comes without a question; `changed(what, detail)` says how the connection stands. */
  constructor(heard, changed) {
    super();
    Object.assign(this, { heard, changed, next: Date.now() % 1e9, waiting: new Map(), streams: new Map(), tries: 0, server: null, open: false });
    this.connect();
    addEventListener("online", () => this.again());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.again());
    let before = Date.now();
    setInterval(() => {
      const gap = Date.now() - before;
      before = Date.now();
      if (gap > 60_000) {
        this.changed("slept", gap);
        this.socket.close();
      }
    }, 5000);
  }

  connect() {
    clearTimeout(this.timer);
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", (event) => this.closed(event));
  }

  again() {
    if (!this.open && this.socket.readyState !== WebSocket.CONNECTING) this.connect();
  }

  closed(event) {
    const was = this.open;
    this.open = false;
    for (const { reject } of this.waiting.values()) reject(new Error("The connection was lost; ask again."));
    this.waiting.clear();
    this.tries += 1;
    if (event.code === 4403) return this.changed("refused");
    if (was || this.tries === 1) this.changed("lost", event.reason);
    this.refusedByPage();
    this.timer = setTimeout(() => this.connect(), PATIENCE[Math.min(this.tries - 1, PATIENCE.length - 1)]);
  }

  /** A restarted server does not know the cookie: the page itself is then refused. */
  async refusedByPage() {
    const reply = await fetch("/", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (reply?.status === 403) {
      clearTimeout(this.timer);
      this.changed("refused");
      this.timer = setTimeout(() => this.connect(), PATIENCE.at(-1));
    }
  }

  take(message) {
    if (message.type === "hello") {
      const news = this.server === null ? "first" : this.server === message.server ? "again" : "restarted";
      this.server = message.server;
      this.open = true;
      this.tries = 0;
      this.heard(message);
      return this.changed(news, message);
    }
    const take = [...this.streams.values()].find((each) => each.has(message.id))?.get(message.id);
    if (take) return take(message);
    const asked = this.waiting.get(message.id);
    if (asked) {
      this.waiting.delete(message.id);
      if (message.type === "fault") asked.reject(Object.assign(new Error(faultWords(message)), { faults: message.faults }));
      else asked.resolve(message);
    } else if (message.id === undefined || message.id === 0) this.heard(message);
  }

  send(message) {
    const id = ++this.next;
    if (this.open) this.socket.send(JSON.stringify({ ...message, id }));
    return id;
  }

  /** One question, one answer. */
  ask(message) {
    if (!this.open) return Promise.reject(new Error("There is no connection to the program; the page is trying to connect again."));
    return new Promise((resolve, reject) => this.waiting.set(this.send(message), { resolve, reject }));
  }

  /** A question with several answers, of which newer ones follow: who asks decides what is too late. Gives the number of the question. */
  stream(name, message, take) {
    const id = this.send(message);
    const stream = this.streams.get(name) ?? new Map();
    this.streams.set(name, stream.set(id, take));
    if (stream.size > MOST) stream.delete(stream.keys().next().value);
    return id;
  }
}

/** The sentences of a fault. */
export const faultWords = (message) => message.faults.map((fault) => fault.message).join(" ");

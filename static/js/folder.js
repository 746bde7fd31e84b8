// A folder of files goes straight into object storage, some at a time. A form with data-folder ("" or the address of a
// batch) asks for its batch, offers the files' names, and for each file that is waited for asks how it is sent just
// before it is: as one form, or in parts, of which only those are sent that are not there. What breaks is tried again;
// the batch remembers what has come, so that the same files chosen once more, even after a reload, go on where it broke.
// Without this script the same form posts the files to its action.

const AT_ONCE = 3;
const AT_A_TIME = 200;
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before each new try
const HEADERS = { Accept: "application/json" };

class Refused extends Error {}

async function ask(address, fields = {}) {
  const answer = await fetch(address, { method: "POST", headers: HEADERS, body: new URLSearchParams(fields) });
  if (answer.status >= 500) throw new Error(String(answer.status));
  const told = await answer.json();
  if (answer.ok) return told;
  throw Object.assign(new Refused(told.error), { code: told.code });
}

function send(method, url, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error(String(request.status)))));
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => reject(new Error(end)));
    request.timeout = 600_000;
    request.send(body);
  });
}

const pause = (seconds) => new Promise((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/** Every file of what was dropped, folders opened; each with its path. */
async function dropped(items) {
  const found = [];
  const open = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, path: entry.fullPath.slice(1) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return;
      for (const one of some) await open(one);
    }
  };
  for (const entry of items) await open(entry);
  return found;
}

class Sending {
  constructor(form, chosen) {
    this.form = form;
    this.chosen = chosen;
    this.place = form.querySelector("[data-sending]");
    this.bytes = chosen.reduce((sum, one) => sum + one.file.size, 0);
    this.sent = 0;
    this.done = 0;
    this.left = 0;
  }

  say(name, values = {}) {
    return this.form.dataset[name].replace(/{(\w+)}/g, (_, key) => values[key]);
  }

  draw() {
    this.words = document.createElement("span");
    this.bar = document.createElement("progress");
    this.bar.max = Math.max(this.bytes, 1);
    this.trouble = document.createElement("span");
    const line = document.createElement("div");
    line.className = "c-progress-line";
    line.append(this.words, this.trouble);
    const box = document.createElement("div");
    box.className = "c-progress";
    box.append(line, this.bar);
    [this.moving, this.files] = ["ul", "ul"].map((tag) => document.createElement(tag));
    this.moving.className = this.files.className = "l-stack is-tight";
    this.place.replaceChildren(box, this.moving, this.files);
    this.told(this.say("sayListing"));
  }

  told(words) {
    this.words.textContent = words;
    this.bar.ariaLabel = words;
  }

  progress() {
    this.bar.value = this.sent;
    this.told(this.say("saySending", { done: this.done, all: this.chosen.length }));
  }

  async run() {
    this.draw();
    const fields = Object.fromEntries(["client", "placement"].map((name) => [name, this.form.elements[name]?.value ?? ""]));
    if (!this.form.dataset.folder) {
      this.form.dataset.folder = (await this.again(() => ask("/documents/batches", fields))).url;
      history.replaceState(null, "", this.form.dataset.folder); // a reload shows what has come
    }
    this.batch = this.form.dataset.folder;
    const queue = await this.announce();
    this.progress();
    await Promise.all(Array.from({ length: AT_ONCE }, async () => { while (queue.length) await this.one(queue.shift()); }));
  }

  async announce() {
    const waited = [];
    for (let first = 0; first < this.chosen.length; first += AT_A_TIME) {
      const some = this.chosen.slice(first, first + AT_A_TIME);
      const files = JSON.stringify(some.map(({ file, path }) => [path, file.size, file.lastModified]));
      const { files: told } = await this.again(() => ask(`${this.batch}/files`, { files }));
      told.forEach((known, place) => {
        if (known.state === "awaited") waited.push({ ...some[place], id: known.id });
        else this.settled(some[place].file.size, 0, some[place].path, known.error);
      });
    }
    return waited;
  }

  settled(size, counted, path, error) {
    this.sent += size - counted;
    this.done += 1;
    if (error) this.note(path, error);
    this.progress();
  }

  /** A line of its own for a file on its way. */
  line(item) {
    const name = document.createElement("span");
    name.textContent = item.path;
    const bar = document.createElement("progress");
    bar.max = Math.max(item.file.size, 1);
    bar.value = 0;
    bar.ariaLabel = item.path;
    const line = document.createElement("li");
    line.className = "c-progress";
    line.append(name, bar);
    this.moving.append(line);
    return { line, bar };
  }

  note(path, text) {
    const item = document.createElement("li");
    const reason = document.createElement("span");
    reason.className = "c-error";
    reason.textContent = text;
    item.append(`${path} `, reason);
    this.files.append(item);
  }

  /** Try until it goes or is refused. The connection may be broken for a while. */
  async again(step) {
    for (let failures = 0; ; failures += 1) {
      try {
        const result = await step();
        this.trouble.textContent = "";
        return result;
      } catch (error) {
        if (error instanceof Refused || failures >= PAUSES.length) throw error;
        this.trouble.textContent = this.say("sayAgain");
        await pause(PAUSES[failures]);
      }
    }
  }

  async one(item) {
    const counted = { bytes: 0 };
    const { line, bar } = this.line(item);
    const count = (bytes) => { this.sent += bytes - counted.bytes; counted.bytes = bar.value = bytes; this.progress(); };
    const at = `${this.batch}/files/${item.id}`;
    try {
      const { error } = await this.again(() => this.bring(at, item.file, count));
      this.settled(item.file.size, counted.bytes, item.path, error);
    } catch (error) {
      if (error instanceof Refused) this.settled(item.file.size, counted.bytes, item.path, error.message);
      else this.left += 1;
    }
    line.remove();
  }

  async bring(at, file, count) {
    try {
      const way = await ask(`${at}/way`);
      if (way.parts) await this.parts(at, file, way.parts, count);
      else {
        const body = new FormData();
        for (const [name, value] of Object.entries(way.fields)) body.append(name, value);
        body.append("file", file);
        await send("POST", way.url, body, (bytes) => count(Math.min(bytes, file.size)));
      }
    } catch (error) {
      if (error.code !== "not_awaited") throw error; // it has come: only the answer was lost
    }
    return ask(`${at}/arrived`);
  }

  async parts(at, file, { size, count: number, there }, count) {
    for (let part = 1; part <= number; part += 1) {
      const start = (part - 1) * size;
      const piece = file.slice(start, start + size);
      if (!there.includes(part)) {
        const { url } = await ask(`${at}/way`, { part });
        await send("PUT", url, piece, (bytes) => count(start + Math.min(bytes, piece.size)));
      }
      count(start + piece.size);
    }
  }
}

const leaving = (event) => event.preventDefault();

async function begin(form, chosen) {
  if (!chosen.length || form.dataset.uploading || !form.reportValidity()) return;
  form.dataset.uploading = "1";
  addEventListener("beforeunload", leaving);
  const sending = new Sending(form, chosen);
  let failed = "";
  try {
    await sending.run();
  } catch (error) {
    failed = error instanceof Refused ? error.message : document.body.dataset.sayOffline;
  }
  removeEventListener("beforeunload", leaving);
  delete form.dataset.uploading;
  if (!failed && !sending.left) {
    location.assign(form.dataset.folder);
    return;
  }
  sending.trouble.textContent = "";
  sending.told(failed || sending.say("sayLeft", { number: sending.left }));
  if (!form.dataset.folder) return;
  const show = document.createElement("a");
  show.href = form.dataset.folder;
  show.textContent = sending.say("sayShow");
  sending.place.append(show);
}

const files = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
const chosen = (form) => [...form.querySelectorAll("input[type=file]")].flatMap(files);

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-folder]");
  if (form && event.target.type === "file") begin(form, files(event.target));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-folder]")) return;
  event.preventDefault();
  event.stopPropagation(); // a form that is sent once would hold its button
  begin(form, chosen(form));
}, true);

document.addEventListener("drop", async (event) => {
  const form = event.target.closest?.("[data-drop]")?.closest("form[data-folder]");
  if (!form) return;
  event.preventDefault();
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  begin(form, await dropped(entries));
});

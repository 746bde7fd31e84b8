// Files go straight into object storage. A form with data-upload="/…/uploads" asks that address for a presigned POST for
// each chosen file (fields name, size, type; answer {"id", "url", "fields"} or 422 {"error"}), sends the file there with
// progress shown in [data-upload-list], and then submits itself with one upload_id for each file instead of the files.
// Without this script the same form posts the files to its action.

import { release } from "./forms.js";

async function ask(address, file) {
  const body = new URLSearchParams({ name: file.name, size: file.size, type: file.type || "application/octet-stream" });
  const { sayAway, sayFailed, sayOffline } = document.body.dataset;
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => {
    throw new Error(sayOffline); // the browser's own words are nobody's language
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? (answer.status === 503 ? sayAway : sayFailed));
  return told;
}

function send(order, file, onProgress) {
  const data = new FormData();
  for (const [name, value] of Object.entries(order.fields)) data.append(name, value);
  data.append("file", file);
  const { sayAway, sayFailed, sayOffline } = document.body.dataset;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", order.url);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(new Error(request.status >= 500 ? sayAway : sayFailed));
    });
    for (const broken of ["error", "timeout"]) request.addEventListener(broken, () => reject(new Error(sayOffline)));
    request.timeout = 600_000;
    request.send(data);
  });
}

function line(list, file) {
  const item = document.createElement("li");
  item.className = "c-progress";
  const words = document.createElement("div");
  words.className = "c-progress-line";
  const name = document.createElement("span");
  name.textContent = file.name;
  const state = document.createElement("span");
  words.append(name, state);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(words, bar);
  list?.append(item);
  return { bar, fail: (text) => { bar.remove(); state.role = "alert"; state.className = "c-error"; state.textContent = text; } };
}

async function upload(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-upload-list]");
  list?.replaceChildren();
  form.querySelectorAll("input[name=upload_id]").forEach((one) => one.remove());
  let failed = false;
  for (const file of input.files) {
    const shown = line(list, file);
    try {
      const order = await ask(form.dataset.upload, file);
      await send(order, file, (part) => { shown.bar.value = part; });
      shown.bar.value = 1;
      const id = document.createElement("input");
      id.type = "hidden";
      id.name = "upload_id";
      id.value = order.id;
      form.append(id);
    } catch (error) {
      failed = true;
      shown.fail(error.message);
    }
  }
  return !failed;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const input = form.matches("form[data-upload]") && form.querySelector("input[type=file]");
  if (!input || !input.files.length) return;
  event.preventDefault();
  if (form.dataset.uploading) return;
  form.dataset.uploading = "1";
  const buttons = form.querySelectorAll("button[type=submit]");
  buttons.forEach((button) => { button.disabled = true; button.classList.add("is-busy"); });
  const done = await upload(form);
  delete form.dataset.uploading;
  buttons.forEach((button) => { button.disabled = false; button.classList.remove("is-busy"); });
  release(form);
  if (done) {
    input.disabled = true; // the file itself has gone already; only its upload_id is sent
    form.submit();
  }
}, true);

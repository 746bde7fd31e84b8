// The negotiator's keys. Single letters act only outside fields and never while a Chinese word is being composed.

const editable = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])"));

const visible = (element) => element.checkVisibility() || element.closest("label")?.checkVisibility();

const openDialog = () => document.querySelector("dialog[open]");

function press(key) {
  const control = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => visible(one) && !one.disabled);
  if (!control) return false;
  control.click();
  if (control.matches("input")) control.focus();
  return true;
}

/** Move over the rows of the list on this page; the focus goes to the row's own link, so Enter needs no help. */
function move(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")].filter(visible);
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const from = here >= 0 ? here : rows.findIndex((row) => row.classList.contains("is-on"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, from + step))];
  next.querySelector("a[href], button")?.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function search() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function save() {
  const form = document.activeElement?.closest("form");
  const button =
    form?.querySelector(".btn-primary[type=submit]:not(:disabled)") ??
    (form?.id && document.querySelector(`.btn-primary[form="${CSS.escape(form.id)}"]:not(:disabled)`)) ??
    document.querySelector('.btn-primary[aria-keyshortcuts="Control+Enter"]:not(:disabled)');
  if (!button) return false;
  button.click();
  return true;
}

/** The help names the page's own keys first, read off the controls that carry them. */
function help() {
  const dialog = document.getElementById("keys-help");
  if (!dialog) return false;
  const list = dialog.querySelector("[data-keys-list]");
  list.querySelectorAll("[data-own]").forEach((one) => one.remove());
  const seen = new Set();
  const own = [...document.querySelectorAll("[data-key]")].filter((one) => visible(one) && !seen.has(one.dataset.key) && seen.add(one.dataset.key));
  for (const control of own.reverse()) {
    const line = document.createElement("div");
    line.dataset.own = "";
    const key = document.createElement("kbd");
    key.textContent = control.dataset.key;
    const term = document.createElement("dt");
    term.append(key);
    const text = document.createElement("dd");
    const face = (control.closest("label") ?? control).cloneNode(true);
    face.querySelectorAll("kbd").forEach((cap) => cap.remove());
    text.textContent = control.getAttribute("aria-label") ?? face.textContent.trim();
    line.append(term, text);
    list.prepend(line);
  }
  dialog.showModal();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  let done = false;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "Enter") done = save();
    else if (event.key.toLowerCase() === "k") done = search();
  } else if (editable(event.target)) {
    if (event.key === "Escape") event.target.blur();
  } else if (!openDialog()) {
    if (event.key === "/") done = search();
    else if (event.key === "?") done = help();
    else if (!event.repeat && event.key.length === 1 && press(event.key.toLowerCase())) done = true;
    else if (event.key === "j") done = move(1);
    else if (event.key === "k") done = move(-1);
  }
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) help();
  const row = event.target.closest("[data-row][data-href]");
  if (row && !event.target.closest("a, button, input, label, select, textarea, summary") && !getSelection().toString()) {
    const link = [...row.querySelectorAll("a[href]")].find((one) => one.getAttribute("href") === row.dataset.href);
    if (link) link.click();
    else location.assign(row.dataset.href);
  }
});

document.querySelectorAll("[data-keys-help]").forEach((button) => { button.hidden = !matchMedia("(hover: hover)").matches; });

// A form is sent once; an answer that refuses it puts the focus on what is wrong; a file field says what it holds.

const LONGEST_WAIT = 20_000;

function hold(form) {
  if (form.dataset.sent) return false;
  form.dataset.sent = "1";
  // After the browser has read the form, or the pressed button's own value would be missing from it.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]:not(:disabled)")) {
      button.disabled = true;
      button.dataset.held = "";
      button.classList.add("is-busy");
    }
  });
  setTimeout(() => release(form), LONGEST_WAIT); // an answer that is a download leaves the page standing
  return true;
}

export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-held]")) {
    button.disabled = false;
    delete button.dataset.held;
    button.classList.remove("is-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (!hold(form)) event.preventDefault();
});
// Of what htmx sends for a form only its own sending counts: a preview while typing must not swallow the press of the button.
const sent = ({ detail }) => detail.requestConfig?.triggeringEvent?.type === "submit" && detail.elt.matches("form[data-once]");
document.addEventListener("htmx:beforeRequest", (event) => {
  if (sent(event) && !hold(event.detail.elt)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (sent(event)) release(event.detail.elt);
});
// The back button shows the page as it was left: with its buttons held.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

function seekError(within) {
  const wrong = "[aria-invalid=true], fieldset.is-wrong input:not(:disabled)";
  (within.querySelector(wrong) ?? within.querySelector("[role=alert][tabindex]"))?.focus();
}
seekError(document.getElementById("main") ?? document);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status === 422) seekError(document);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file]")) return;
  const names = input.closest("[data-drop]")?.querySelector("[data-drop-names]");
  if (!names) return;
  const first = [...input.files].slice(0, 5).map((file) => file.name).join(", ");
  names.textContent = input.files.length > 5 ? `${first} … (${input.files.length})` : first;
});
for (const [kind, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(kind, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("is-over", over));
}

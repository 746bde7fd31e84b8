// Toasts leave by themselves unless somebody is reading them; what failed on the way to the server is told as one.

const region = document.getElementById("toasts");

function begin(toast) {
  if (toast.dataset.begun) return;
  toast.dataset.begun = "1";
  const close = toast.querySelector("[data-dismiss]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  let left = Number(toast.dataset.toast);
  if (!left) return;
  const shown = toast.querySelector("[data-seconds]");
  const timer = setInterval(() => {
    if (!toast.isConnected) return clearInterval(timer);
    if (toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (shown) shown.textContent = `${left} s`;
    if (left <= 0) toast.remove();
  }, 1000);
}

export function tell(text, tone = "bad") {
  // A page that looks for news by itself would say the same each second.
  for (const one of region.querySelectorAll(".c-toast-text")) if (one.textContent === text) return;
  const toast = document.createElement("div");
  toast.className = `c-toast is-${tone}`;
  toast.role = tone === "bad" ? "alert" : "status";
  toast.dataset.toast = tone === "bad" ? "0" : "9";
  const words = document.createElement("span");
  words.className = "c-toast-text";
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "btn btn-quiet btn-small";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = document.body.dataset.sayClose;
  toast.append(words, close);
  region.append(toast);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(begin);
  new MutationObserver(() => region.querySelectorAll("[data-toast]").forEach(begin)).observe(region, { childList: true });
}

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status !== 401) tell(status === 503 ? document.body.dataset.sayAway : document.body.dataset.sayFailed); // 401 leads to the sign-in
});
document.addEventListener("htmx:sendError", () => tell(document.body.dataset.sayOffline));

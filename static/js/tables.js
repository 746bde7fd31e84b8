// A table too wide for its place scrolls; the keyboard must be able to reach it then, and only then.

function reach() {
  for (const frame of document.querySelectorAll(".t-wrap")) {
    const scrolls = frame.scrollWidth > frame.clientWidth + 1;
    if (scrolls) {
      frame.tabIndex = 0;
      frame.role = "region";
      frame.ariaLabel = frame.querySelector("caption")?.textContent ?? document.title;
    } else for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
  }
}
reach();
addEventListener("resize", reach);
document.addEventListener("htmx:afterSettle", reach);

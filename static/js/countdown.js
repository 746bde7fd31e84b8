// Deadlines that run: <time data-countdown datetime="…" data-minutes="{n} min left" data-seconds="{n} s left" data-over="over">.

function tick() {
  for (const one of document.querySelectorAll("[data-countdown]")) {
    const left = Math.ceil((Date.parse(one.dateTime) - Date.now()) / 1000);
    if (left > 7200) continue; // hours away: what the server wrote is good enough
    const text = left <= 0 ? one.dataset.over : left < 90 ? one.dataset.seconds.replace("{n}", left) : one.dataset.minutes.replace("{n}", Math.ceil(left / 60));
    if (one.textContent !== text) one.textContent = text;
    one.classList.toggle("t-warn", left > 0 && left < 180);
    one.classList.toggle("t-bad", left <= 0);
  }
}
setInterval(tick, 1000);

// Keeps the page fresh in place: fetches it again every few seconds and swaps what changes. Without this script the page
// is the same, with a link that reloads it. Updates stop while they are paused, while the page is hidden, and while the
// reader types.
"use strict";
(() => {
  const EVERY = 5000;
  const live = document.getElementById("live");
  const button = document.getElementById("pause");
  const trouble = document.getElementById("trouble");
  if (document.querySelector('meta[http-equiv="refresh"]')) return;
  let paused = false;
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    if (!paused) update();
  });

  const busy = () => paused || document.hidden || live.contains(document.activeElement) && document.activeElement.matches("input");

  function swap(next) {
    const open = [...live.querySelectorAll("details[open]")].map((details) => details.id);
    const focused = live.contains(document.activeElement) ? pathTo(document.activeElement) : null;
    const scrolled = [...live.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
    live.replaceChildren(...next.getElementById("live").childNodes);
    document.getElementById("freshness").replaceChildren(...next.getElementById("freshness").childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    live.querySelectorAll(".scroll").forEach((box, place) => { box.scrollLeft = scrolled[place] ?? 0; });
    if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
  }

  function pathTo(element) {
    const href = element.getAttribute("href");
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (href) return `#live a[href="${CSS.escape(href)}"]`;
    return element.closest("details")?.id ? `#${CSS.escape(element.closest("details").id)} summary` : null;
  }

  async function update() {
    if (busy()) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!busy()) swap(next);
      trouble.textContent = "";
    } catch {
      trouble.textContent = "The console does not answer; what you see is old. Trying again.";
    }
  }
  setInterval(update, EVERY);
})();

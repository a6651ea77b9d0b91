// The pages work without this: it brings what is new without being asked, and keeps drafts while they are written.
"use strict";

const keeping = new Map();

function isBeingUsed(part) {
  const at = document.activeElement;
  return part.contains(at) && at.matches("input, textarea, select");
}

function take(part, fresh) {
  if (part.dataset.form !== undefined && part.dataset.form === fresh.dataset.form) return;
  if (part.dataset.form === undefined && (isBeingUsed(part) || part.innerHTML === fresh.innerHTML)) return;
  const open = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  part.replaceWith(fresh);
  for (const summary of fresh.querySelectorAll("details > summary")) {
    if (open.includes(summary.textContent)) summary.parentElement.open = true;
  }
}

async function look() {
  const answer = await fetch(location.href, { headers: { "X-Looks": "1" } });
  if (answer.status === 404) location.reload(); // the link is good no more, and the page says so
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isElsewhere = page.getElementById("head").dataset.stage !== document.getElementById("head").dataset.stage;
  const parts = [...document.querySelectorAll("[data-live]")];
  const known = new Set(parts.map((part) => part.id));
  const fresh = [...page.querySelectorAll("[data-live]")];
  if (fresh.some((part) => !known.has(part.id)) || fresh.length !== parts.length) {
    if (!document.querySelector("main :is(textarea, input):focus")) location.reload();
    return;
  }
  for (const part of fresh) {
    if (part.id === "said" && !part.childElementCount && !isElsewhere) continue; // still true
    take(document.getElementById(part.id), document.importNode(part, true));
  }
  document.title = page.title;
}

function keep(form, after = 300) {
  clearTimeout(keeping.get(form.id));
  keeping.set(form.id, setTimeout(() => {
    const written = { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true };
    fetch(form.dataset.draft, written).catch(() => keep(form, 1000)); // no network: again until it is there
  }, after));
}

function tick() {
  for (const clock of document.querySelectorAll("[data-left]")) {
    clock.ends ??= performance.now() + 1000 * clock.dataset.left;
    const left = Math.max(0, Math.round((clock.ends - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s left`;
  }
}

const stream = document.body.dataset.stream;
if (stream) {
  const source = new EventSource(stream);
  let shown = document.body.dataset.number, newest = shown, isLooking = false, wasOpen = false;
  const catchUp = async () => {
    if (isLooking) return;
    isLooking = true;
    while (shown !== newest) {
      const number = newest;
      try {
        await look();
        shown = number;
      } catch { // no network: it is looked for again until it is there
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
    isLooking = false;
  };
  const lookAnyway = () => {
    shown = null;
    catchUp();
  };
  source.onmessage = (event) => {
    newest = event.data;
    catchUp();
  };
  const tellWhetherLost = () => {
    document.getElementById("lost").hidden = navigator.onLine && source.readyState === EventSource.OPEN;
  };
  source.onopen = () => { // after a drop, or another server: whatever number it begins with
    tellWhetherLost();
    if (wasOpen) lookAnyway();
    wasOpen = true;
  };
  source.onerror = tellWhetherLost;
  addEventListener("offline", tellWhetherLost);
  addEventListener("online", () => {
    tellWhetherLost();
    lookAnyway();
  });
  document.addEventListener("visibilitychange", () => { // after a sleep
    if (!document.hidden) lookAnyway();
  });
}
document.addEventListener("submit", (event) => { // a second tap sends nothing again, nor does what nobody would receive
  if (event.target.isSent || !document.getElementById("lost").hidden) event.preventDefault();
  event.target.isSent = true;
  setTimeout(() => { event.target.isSent = false; }, 2000);
});
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) keep(form);
});
setInterval(tick, 1000);

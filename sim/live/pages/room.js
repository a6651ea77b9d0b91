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
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...document.querySelectorAll("[data-live]")];
  const known = new Set(parts.map((part) => part.id));
  const fresh = [...page.querySelectorAll("[data-live]")];
  if (fresh.some((part) => !known.has(part.id)) || fresh.length !== parts.length) {
    if (!document.querySelector("main :is(textarea, input):focus")) location.reload();
    return;
  }
  for (const part of fresh) {
    if (part.id === "said" && !part.childElementCount) continue;
    take(document.getElementById(part.id), document.importNode(part, true));
  }
  document.title = page.title;
}

function keep(form) {
  clearTimeout(keeping.get(form.id));
  keeping.set(form.id, setTimeout(() => {
    fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
  }, 300));
}

function tick() {
  for (const clock of document.querySelectorAll("[data-left]")) {
    const left = Math.max(0, Number(clock.dataset.left) - 1);
    clock.dataset.left = left;
    clock.textContent = `${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s left`;
  }
}

const stream = document.body.dataset.stream;
if (stream) {
  const source = new EventSource(stream);
  let shown = document.body.dataset.number, newest = shown;
  const catchUp = async () => {
    while (shown !== newest) {
      const number = newest;
      try {
        await look();
        shown = number;
      } catch { // no network: it is looked for again until it is there
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  };
  source.onmessage = (event) => {
    const isIdle = shown === newest;
    newest = event.data;
    if (isIdle) catchUp();
  };
}
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) keep(form);
});
setInterval(tick, 1000);

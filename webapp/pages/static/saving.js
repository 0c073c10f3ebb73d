// Keeps a form as it is typed. Without this file the form's own button does the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep]");
  const status = document.getElementById("kept");
  if (!form || !status) return;
  const PAUSE_MS = 800;
  const AGAIN_MS = 5000;
  const changed = new Set();
  let address = form.action;
  let timer = 0;
  let isBusy = false;

  document.querySelectorAll(".without-script").forEach((button) => { button.hidden = true; });

  const say = (text, isBad) => {
    status.textContent = text;
    status.classList.toggle("bad-text", Boolean(isBad));
  };

  const later = (pause) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, pause);
  };

  // Only what changed is sent: two people on one card do not undo each other.
  const fields = (names) => {
    const out = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const isOf = name.endsWith("_asked") ? names.has(name.slice(0, -6)) : names.has(name);
      if (isOf || ["csrf_token", "fresh", "direction"].includes(name)) out.append(name, value);
    }
    return out;
  };

  const show = (answer) => {
    say(answer.told);
    if (answer.address) address = answer.address;
    const sum = document.getElementById("sum");
    if (sum && "sum" in answer) sum.textContent = answer.sum;
    if (!answer.notes) return;
    document.querySelectorAll("[id^=note-]").forEach((note) => {
      const name = note.id.slice(5);
      note.textContent = answer.notes[name] || "";
      const field = document.getElementById(name);
      if (field) field.toggleAttribute("aria-invalid", Boolean(answer.notes[name]));
      if (field && answer.notes[name]) field.setAttribute("aria-invalid", "true");
    });
  };

  async function keep(isLeaving) {
    if (!changed.size || (isBusy && isLeaving !== true)) return;
    const sent = new Set(changed);
    changed.clear();
    isBusy = true;
    say(status.dataset.waiting);
    const putBack = (text) => {
      sent.forEach((name) => changed.add(name));
      say(text, true);
    };
    try {
      const answer = await fetch(address, {
        method: "POST", body: fields(sent), headers: { Accept: "application/json" },
        redirect: "manual", keepalive: isLeaving === true,
      });
      if (answer.ok) show(await answer.json());
      else if (answer.status === 422) putBack((await answer.json()).told);
      else putBack(answer.status === 404 || answer.type === "opaqueredirect"
        ? status.dataset.out : status.dataset.refused);
    } catch {
      putBack(status.dataset.cut);
      later(AGAIN_MS);
    } finally {
      isBusy = false;
      if (changed.size && !status.classList.contains("bad-text")) later(PAUSE_MS);
    }
  }

  // What words may mean: five names under the field, anew when the words change.
  const known = document.getElementById("known");
  const what = document.getElementById("what");
  let asked = what ? what.value : "";
  async function recognise() {
    if (!known || what.value === asked) return;
    asked = what.value;
    try {
      const answer = await fetch(`${form.dataset.words}?q=${encodeURIComponent(asked)}`);
      const found = answer.ok ? (await answer.json()).known : [];
      if (what.value !== asked) return;
      const none = known.querySelector(".none");
      known.querySelectorAll(".chip:not(.none)").forEach((chip) => chip.remove());
      for (const item of found) {
        const chip = none.cloneNode(true);
        chip.classList.remove("none");
        const radio = chip.querySelector("input");
        radio.value = item.key;
        radio.checked = false;
        chip.querySelector("span").textContent = item.label;
        if (item.code) {
          const code = document.createElement("small");
          code.textContent = ` ${item.code}`;
          chip.append(code);
        }
        none.before(chip);
      }
      none.querySelector("input").checked = true;
      const box = document.getElementById("known-box");
      box.hidden = found.length === 0;
      box.open = true;
      box.querySelector("summary").textContent = known.querySelector("legend").textContent;
    } catch { /* the words are kept all the same */ }
  }

  form.addEventListener("input", (event) => {
    if (!event.target.name) return;
    changed.add(event.target.name);
    later(PAUSE_MS);
    if (event.target === what) {
      window.clearTimeout(recognise.timer);
      recognise.timer = window.setTimeout(recognise, PAUSE_MS / 2);
    }
  });
  form.addEventListener("submit", () => { window.clearTimeout(timer); changed.clear(); });
  window.addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep(true);
  });
  window.addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });
})();

// Live parts of the desk. Without this script the pages are the same, only as old as the last look at them.
"use strict";
(function () {
  const script = document.currentScript;
  const SOON = 150;
  const AT_MOST_EVERY = 1500;
  const AT_LEAST_EVERY = 30000;
  const title = document.title;
  let lastLook = Date.now();
  let planned = 0;
  let waited = -1;
  let typed = false;

  function replace(fresh) {
    for (const part of document.querySelectorAll("[data-live]")) {
      const newer = fresh.getElementById(part.id);
      // What somebody is typing in, or has opened, is left alone.
      if (!newer || part.contains(document.activeElement) || part.querySelector("details[open]")) continue;
      if (newer.outerHTML !== part.outerHTML) part.replaceWith(document.importNode(newer, true));
    }
  }

  function tellStale(fresh) {
    const notice = document.getElementById("stale");
    const now = fresh.getElementById("standing");
    if (notice && now) notice.hidden = now.dataset.version === notice.dataset.version;
  }

  function badge() {
    const parts = [...document.querySelectorAll("[data-waiting]")];
    const waiting = parts.reduce((sum, part) => sum + Number(part.dataset.waiting), 0);
    document.title = waiting ? `(${waiting}) ${title}` : title;
    if (waited >= 0 && waiting > waited) ring();
    waited = waiting;
  }

  async function look() {
    planned = 0;
    lastLook = Date.now();
    const atWork = typed;
    typed = false;
    try {
      // Not where one is: a form that was refused stands at an address that takes forms alone. Who writes is at work.
      const answer = await fetch(script.dataset.page, { headers: atWork ? {} : { "X-Live": "1" } });
      if (answer.redirected || !answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      replace(fresh);
      tellStale(fresh);
      badge();
    } catch {
      typed ||= atWork; // Away for the moment: the next look comes by itself.
    }
  }

  function lookSoon() {
    if (planned) return;
    const wait = Math.max(SOON + Math.random() * SOON, lastLook + AT_MOST_EVERY - Date.now());
    planned = setTimeout(look, wait);
  }

  function listen() {
    const source = new EventSource(script.dataset.url);
    source.addEventListener("changed", (event) => {
      const at = script.dataset.at;
      const others = document.getElementById("mine")?.dataset.ids.split(" ") ?? [];
      if (!at || JSON.parse(event.data).some((each) => each === at || others.includes(each))) lookSoon();
    });
    source.addEventListener("present", (event) => {
      const who = document.getElementById("present");
      if (!who) return;
      const names = JSON.parse(event.data);
      who.hidden = names.length === 0;
      who.querySelector("span").textContent = names.join("・");
    });
  }

  const SOUND = "desk-sound";
  const sound = document.getElementById("sound");
  let heard = null;

  function wished(wish) {
    try {
      if (wish) localStorage.setItem(SOUND, wish);
      return localStorage.getItem(SOUND) === "on";
    } catch {
      return false; // Kept nowhere, it has to be switched on at each page.
    }
  }
  function ring() {
    if (!heard || sound.getAttribute("aria-pressed") !== "true") return;
    const tone = heard.createOscillator();
    const volume = heard.createGain();
    volume.gain.setValueAtTime(0.1, heard.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, heard.currentTime + 0.4);
    tone.connect(volume).connect(heard.destination);
    tone.start();
    tone.stop(heard.currentTime + 0.4);
  }
  if (sound) {
    sound.hidden = false;
    sound.addEventListener("click", () => {
      heard = heard ?? new AudioContext();
      const on = sound.getAttribute("aria-pressed") !== "true";
      sound.setAttribute("aria-pressed", String(on));
      wished(on ? "on" : "off");
      if (on) ring();
    });
    if (wished()) {
      sound.setAttribute("aria-pressed", "true");
      heard = new AudioContext();
      // A browser lets a page sound only after somebody has pressed something on it.
      for (const press of ["pointerdown", "keydown"]) document.addEventListener(press, () => heard.resume(), { once: true });
    }
  }

  const reply = document.querySelector("textarea[data-counts]");
  const GSM_7 = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ^{}\\[~\]|€ÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;
  function parts(text) {
    const plain = GSM_7.test(text);
    const size = plain ? text.length + (text.match(/[\^{}\\[~\]|€]/g) ?? []).length : text.length;
    return size <= (plain ? 160 : 70) ? 1 : Math.ceil(size / (plain ? 153 : 67));
  }
  function count() {
    const shown = document.getElementById("count");
    const length = `${reply.value.length} / ${reply.dataset.most}`;
    shown.textContent = reply.dataset.counts === "sms" ? `${length} (SMS × ${parts(reply.value)})` : length;
    shown.classList.toggle("error", reply.value.length > Number(reply.dataset.most));
  }
  function putIn(event) {
    event.preventDefault();
    const ready = document.getElementById("canned").selectedOptions[0]?.dataset.words ?? "";
    reply.value = [reply.value.trimEnd(), ready].filter(Boolean).join("\n");
    reply.focus();
    reply.dispatchEvent(new Event("input"));
  }
  if (reply) {
    document.getElementById("put-in").addEventListener("click", putIn);
    reply.addEventListener("input", () => {
      typed = true;
      count();
    });
    count();
  }

  badge();
  if (document.querySelector("[data-live]")) {
    listen();
    setInterval(lookSoon, AT_LEAST_EVERY);
  }
})();

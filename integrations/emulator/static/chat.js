// The talk of the selected person: the newest messages, their marks, and the quick replies of the last one.

import { act, control } from "./actions.js";
import { byId, clockTime, dayText, el, isAtEnd, reconcile, toEnd } from "./dom.js";
import { bubble } from "./messages.js";
import { dialog } from "./notify.js";
import { entriesOf, onChange, person, state } from "./state.js";

// A page with thousands of bubbles scrolls badly on a phone; older ones come by hand.
const PAGE = 200;

let limit = PAGE;
let drawnFor = null;
let atEnd = true;

async function unsend(entry) {
  const sure = await dialog({ title: "このメッセージの送信を取り消しますか?", confirm: "送信取消" });
  if (sure) act("unsend", { messageId: entry.id });
}

function marks(entry) {
  const time = el("time", { dateTime: entry.at, text: clockTime(entry.at) });
  if (entry.from !== "person") {
    const how = entry.via === "push" ? "プッシュメッセージ (push)" : "応答メッセージ (reply)";
    return el("div", { class: "marks", title: entry.via ? how : null }, time);
  }
  return el("div", { class: "marks" }, el("span", { class: "read", text: "既読", hidden: true }), time);
}

function systemLine(text) {
  return el("div", { class: "system", data: { from: "system" } }, el("span", { text }));
}

function row(entry) {
  if (entry.unsent)
    return systemLine(
      entry.from === "person" ? "メッセージの送信を取り消しました" : "窓口がメッセージの送信を取り消しました",
    );
  if (entry.from === "system") return systemLine(entry.message?.text ?? "");
  const mine = entry.from === "person";
  const node = el("div", { class: `entry ${mine ? "mine" : "theirs"}`, data: { id: entry.id } });
  if (!mine) node.append(el("span", { class: "avatar counter-avatar", "aria-hidden": "true", text: "窓" }));
  node.append(el("span", { class: "sr", text: mine ? "あなた: " : "窓口: " }), bubble(entry), marks(entry));
  // What a button said on the person's behalf is no message of theirs, and cannot be taken back.
  if (mine && entry.via !== "postback") {
    node.prepend(
      el("button", {
        type: "button",
        class: "unsend",
        title: "送信を取り消す (unsend)",
        "aria-label": "送信を取り消す",
        text: "⋯",
        on: { click: () => unsend(entry) },
      }),
    );
  }
  return node;
}

function older(count) {
  const more = () => {
    limit += PAGE;
    draw();
  };
  return el(
    "div",
    { class: "older" },
    el("button", {
      type: "button",
      class: "plain",
      text: `前のメッセージ (${count})`,
      title: "Older messages",
      on: { click: more },
    }),
  );
}

/** What the log shows, in order: a button for what is left out, a line for each new day, the entries. */
function itemsOf(entries) {
  const shown = entries.slice(-limit);
  const hidden = entries.length - shown.length;
  const items = hidden ? [{ key: "older", signature: hidden, build: () => older(hidden) }] : [];
  let day = null;
  for (const entry of shown) {
    const today = dayText(entry.at);
    if (today && today !== day) {
      items.push({
        key: `day ${entry.id}`,
        signature: today,
        build: () => el("div", { class: "day" }, el("span", { text: today })),
      });
      day = today;
    }
    items.push({ key: entry.id, signature: `${entry.unsent}`, build: () => row(entry) });
  }
  return items;
}

// LINE's counter "reads" in silence; here a message counts as read once the counter said something after it.
function markRead(entries) {
  const last = entries.findLastIndex((entry) => entry.from === "counter");
  const read = new Set(entries.slice(0, Math.max(last, 0)).map((entry) => entry.id));
  byId("log")
    .querySelectorAll(".entry.mine")
    .forEach((node) => {
      node.querySelector(".read").hidden = !read.has(node.dataset.id);
    });
}

function drawQuick(entries) {
  const last = entries.findLast((entry) => entry.from !== "system" && !entry.unsent);
  const replies = last?.from === "counter" ? (last.message.quickReply?.items ?? []) : [];
  const quick = byId("quick");
  const hadFocus = quick.contains(document.activeElement);
  reconcile(
    quick,
    replies.map(({ action }, index) => ({
      key: `${last.id} ${index}`,
      signature: "",
      build: () => control(action, "chip", el("span", { text: action.label ?? "" })),
    })),
  );
  quick.hidden = !replies.length;
  if (hadFocus && !quick.contains(document.activeElement)) byId("log").focus({ preventScroll: true });
}

function draw() {
  const log = byId("log");
  const other = drawnFor !== state.selected;
  if (other) limit = PAGE;
  drawnFor = state.selected;
  const entries = state.selected ? entriesOf(state.selected) : [];
  const before = log.lastElementChild;
  log.setAttribute("aria-busy", String(other));
  reconcile(log, itemsOf(entries));
  markRead(entries);
  drawQuick(entries);
  log.setAttribute("aria-busy", "false");
  log.dataset.empty = String(!entries.length && Boolean(person()?.friend));
  const isNews = log.lastElementChild !== before;
  // Who speaks wants to see it, wherever they were reading.
  if (other || atEnd || (isNews && entries.at(-1)?.from === "person")) toEnd(log);
  else if (isNews) byId("newest").hidden = false;
  byId("talking-as").textContent = person() ? `${person().name} さんの電話` : "";
}

export function startChat() {
  const log = byId("log");
  onChange(draw);
  byId("newest").addEventListener("click", () => toEnd(log));
  log.addEventListener(
    "scroll",
    () => {
      atEnd = isAtEnd(log);
      if (atEnd) byId("newest").hidden = true;
    },
    { passive: true },
  );
  // Chips, keyboards and pictures that load change heights: who was reading the end stays there.
  const stay = () => {
    if (atEnd) toEnd(log);
  };
  new ResizeObserver(stay).observe(log);
  log.addEventListener("load", stay, { capture: true });
}

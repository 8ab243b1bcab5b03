// The text messages of a phone, as a messages app shows them.

import { post } from "./api.js";
import { byId, clockTime, dayText, el, isAtEnd, linked, reconcile, toEnd } from "./dom.js";
import { banner, toast } from "./notify.js";
import { onChange, person, state } from "./state.js";
import { markNews, show } from "./tabs.js";

const KEPT = 200;
const STATUS = {
  queued: "受付",
  accepted: "受付",
  sending: "送信中",
  sent: "送信済み",
  delivered: "配達済み",
  undelivered: "不達",
  failed: "失敗",
};
const ARRIVED = new Set(["sent", "delivered"]);

const announced = new Set();
let everyone = false;
let parts = null;

const nameOf = (phone) => state.people.find((each) => each.phone === phone)?.name ?? phone;
const isTo = (phone) => (sms) => sms.to === phone || sms.from === phone;
const fromPerson = (sms) => sms.direction === "inbound" || state.people.some((each) => each.phone === sms.from);

function row(sms) {
  const mine = fromPerson(sms);
  const head = everyone ? `${nameOf(sms.from)} → ${nameOf(sms.to)}` : mine ? "" : sms.from;
  return el(
    "div",
    { class: `sms ${mine ? "mine" : "theirs"}`, data: { testid: "sms", status: sms.status ?? "" } },
    head ? el("span", { class: "sms-head", text: head }) : "",
    el("div", { class: "sms-bubble" }, linked(sms.body ?? "")),
    el(
      "span",
      { class: "sms-meta", title: sms.status ?? "" },
      el("time", { dateTime: sms.at, text: clockTime(sms.at) }),
      ` ${STATUS[sms.status] ?? sms.status ?? ""}`,
    ),
  );
}

function itemsOf(messages) {
  let day = null;
  return messages.flatMap((sms) => {
    const today = dayText(sms.at);
    const line = {
      key: `day ${sms.id}`,
      signature: today,
      build: () => el("div", { class: "day plain-day" }, el("span", { text: today })),
    };
    const isNew = today !== day;
    day = today;
    return [...(isNew ? [line] : []), { key: sms.id, signature: `${sms.status} ${everyone}`, build: () => row(sms) }];
  });
}

function draw() {
  const who = person();
  const chosen = [...state.sms.values()].filter((sms) => everyone || (who && isTo(who.phone)(sms))).slice(-KEPT);
  const follow = isAtEnd(parts.list);
  reconcile(parts.list, itemsOf(chosen));
  parts.empty.hidden = chosen.length > 0;
  parts.title.textContent = everyone ? "すべてのSMS" : who ? `${who.name} さんのSMS` : "SMS";
  parts.number.textContent = everyone ? "" : (who?.phone ?? "");
  parts.form.hidden = everyone || !who?.phone;
  if (follow) toEnd(parts.list);
}

/** Rings once for each message that reached a phone. */
function announce({ quiet }) {
  for (const each of state.sms.values()) {
    if (announced.has(each.id) || !ARRIVED.has(each.status)) continue;
    announced.add(each.id);
    if (quiet) continue;
    markNews("sms");
    if (each.to === person()?.phone) banner({ app: "sms", title: each.from, text: each.body, open: () => show("sms") });
  }
}

async function reply(event) {
  event.preventDefault();
  const input = event.target.elements.reply;
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  try {
    await post(`sms/${encodeURIComponent(person().phone)}/reply`, { text });
  } catch (error) {
    input.value = text;
    toast(`送れませんでした: ${error.message}`, "bad");
  }
}

/** 「この人」 and 「全員」 above a list; `choose` hears whether everyone is meant. */
export function scope(choose) {
  const buttons = [
    ["この人", "This person", false],
    ["全員", "Everyone", true],
  ].map(([text, title, all]) =>
    el("button", {
      type: "button",
      text,
      title,
      "aria-pressed": String(!all),
      on: {
        click: () => {
          buttons.forEach((each) => each.setAttribute("aria-pressed", String(each.title === title)));
          choose(all);
        },
      },
    }),
  );
  return el("div", { class: "scope", role: "group", "aria-label": "だれの" }, ...buttons);
}

export function startSms() {
  parts = {
    title: el("h2"),
    number: el("p", { class: "hint" }),
    list: el("div", { class: "sms-list", role: "log", "aria-label": "SMS", tabIndex: 0, data: { testid: "sms-list" } }),
    empty: el("p", { class: "empty", text: "SMSはまだ届いていません" }),
    form: el(
      "form",
      { class: "composer sms-composer", autocomplete: "off", on: { submit: reply } },
      el("label", { class: "sr", htmlFor: "sms-reply", text: "SMSの返信" }),
      el("input", { id: "sms-reply", name: "reply", placeholder: "SMSに返信", maxLength: 1600 }),
      el("button", { type: "submit", class: "send", text: "返信", title: "Reply by SMS" }),
    ),
  };
  byId("panel-sms").append(
    el(
      "div",
      { class: "panel-head" },
      el("div", {}, parts.title, parts.number),
      scope((all) => {
        everyone = all;
        draw();
      }),
    ),
    parts.empty,
    parts.list,
    parts.form,
  );
  onChange((arrived) => {
    draw();
    announce(arrived);
  });
}

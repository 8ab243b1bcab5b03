// The people at their phones: who is there, what they last heard, and a new one.

import { hurry, post } from "./api.js";
import { byId, clockTime, el, reconcile } from "./dom.js";
import { inShort } from "./messages.js";
import { dialog, field, toast } from "./notify.js";
import { entriesOf, onChange, person, select, state } from "./state.js";
import { show } from "./tabs.js";

const COLOURS = 6;

function marksOf({ friend, blocked, language }) {
  const marks = [];
  if (blocked) marks.push("ブロック中");
  else if (!friend) marks.push("未追加");
  if (language && language !== "ja") marks.push(language.toUpperCase());
  return marks.map((mark) => el("span", { class: "mark", text: mark }));
}

const avatar = (name, index) =>
  el("span", {
    class: "avatar",
    "aria-hidden": "true",
    data: { colour: String(index % COLOURS) },
    text: [...name][0] ?? "?",
  });

const badge = (unread) =>
  unread ? el("span", { class: "badge", role: "img", "aria-label": `未読 ${unread}件`, text: String(unread) }) : "";

function lastWords(last) {
  if (!last) return "まだ話していません";
  return last.unsent ? "送信を取り消しました" : inShort(last.message ?? {});
}

function choose(userId) {
  select(userId);
  show("talk", { onlySmall: true });
}

function card(each, index, { last, unread }) {
  const current = each.id === state.selected ? "true" : null;
  const name = el("span", { class: "person-name" }, el("strong", { text: each.name }), ...marksOf(each));
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "person", "aria-current": current, on: { click: () => choose(each.id) } },
      avatar(each.name, index),
      el("span", { class: "person-words" }, name, el("span", { class: "person-last", text: lastWords(last) })),
      el(
        "span",
        { class: "person-side" },
        el("span", { class: "person-time", text: last ? clockTime(last.at) : "" }),
        badge(unread),
      ),
    ),
  );
}

function draw() {
  byId("people-count").textContent = state.people.length ? `${state.people.length}人` : "";
  reconcile(
    byId("people-list"),
    state.people.map((each, index) => {
      const last = entriesOf(each.id).findLast((entry) => entry.from !== "system");
      const chosen = each.id === state.selected;
      const unread = chosen ? 0 : (each.unread ?? 0);
      return {
        key: each.id,
        signature: [each.name, each.friend, each.blocked, each.language, last?.id, last?.unsent, unread, chosen].join(
          "|",
        ),
        build: () => card(each, index, { last, unread }),
      };
    }),
  );
}

/** Whose talk is on the screen has read it. */
function markRead() {
  const who = person();
  if (!who?.unread || document.hidden || !state.connected) return;
  who.unread = 0;
  post(`line/${encodeURIComponent(who.id)}/read`).catch(() => {});
}

const LOCAL = /^0(?=\d{9,10}$)/;

/** A number as people write it, as the networks carry it: 090-1234-5678 is +819012345678. */
const international = (phone) => phone.replace(/[-\s]/g, "").replace(LOCAL, "+81");

/** Contacts that nobody here has yet, so that SMS and mail work without thinking of any. */
function unusedContacts() {
  const taken = new Set(state.people.flatMap(({ phone, mail }) => [phone, mail]));
  let number = state.people.length + 1;
  const contacts = () => ({ phone: `+8190${String(10000000 + number).slice(-8)}`, mail: `person${number}@example.jp` });
  while (Object.values(contacts()).some((contact) => taken.has(contact))) number += 1;
  return contacts();
}

async function newPerson() {
  const { phone, mail } = unusedContacts();
  const inputs = {
    name: el("input", { name: "name", required: true, maxLength: 40, autocomplete: "off", value: "" }),
    language: el(
      "select",
      { name: "language" },
      el("option", { value: "ja", text: "日本語" }),
      el("option", { value: "en", text: "English" }),
    ),
    phone: el("input", {
      name: "phone",
      type: "tel",
      value: phone,
      pattern: "\\+?[0-9\\-]{10,17}",
      autocomplete: "off",
    }),
    mail: el("input", { name: "mail", type: "email", value: mail, autocomplete: "off" }),
  };
  const fields = [
    field("名前", inputs.name),
    field("ことば (language)", inputs.language),
    field("携帯電話", inputs.phone),
    field("メール", inputs.mail),
  ];
  if (!(await dialog({ title: "新しい人", fields, confirm: "追加" }))) return;
  const given = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]));
  try {
    const made = await post("people", { ...given, phone: international(given.phone) });
    if (made?.id) select(made.id);
    hurry();
  } catch (error) {
    toast(`追加できませんでした: ${error.message}`, "bad");
  }
}

export function startPeople() {
  byId("new-person").addEventListener("click", newPerson);
  onChange(draw);
  onChange(markRead);
  document.addEventListener("visibilitychange", markRead);
}

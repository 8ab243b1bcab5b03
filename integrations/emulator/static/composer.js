// The person's own side of the phone: text, stickers, an image, and the menu of what a person can do with an account.

import { act, sendPicture } from "./actions.js";
import { byId, el, svg } from "./dom.js";
import { onChange, person } from "./state.js";
import { OFFERED, stickerName, stickerPicture } from "./stickers.js";

const LINE = {
  fill: "none",
  stroke: "currentColor",
  "stroke-width": 2,
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
};

function grow(input) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
}

async function sendText(input) {
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  grow(input);
  if (!(await act("text", { text })) && !input.value) {
    input.value = text;
    grow(input);
  }
}

function startText() {
  const input = byId("text");
  const form = byId("composer");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendText(input);
  });
  input.addEventListener("input", () => grow(input));
  input.addEventListener("keydown", (event) => {
    // An Enter that settles kana-kanji conversion is not an Enter that sends.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function startStickers() {
  const [tray, opener] = [byId("stickers"), byId("open-stickers")];
  const toggle = (open) => {
    tray.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
  };
  opener.append(
    svg(
      "0 0 24 24",
      ["circle", { ...LINE, cx: 12, cy: 12, r: 9 }],
      ["path", { ...LINE, d: "M9 10v.5M15 10v.5M8.5 14.5q3.500 3 7 0" }],
    ),
  );
  opener.addEventListener("click", () => toggle(tray.hidden));
  tray.append(
    ...OFFERED.map((sticker) =>
      el(
        "button",
        {
          type: "button",
          class: "sticker-choice",
          "aria-label": stickerName(sticker.stickerId),
          on: {
            click: () => {
              toggle(false);
              act("sticker", sticker);
              opener.focus();
            },
          },
        },
        stickerPicture(sticker.stickerId),
      ),
    ),
  );
}

function startImage() {
  const button = byId("send-image");
  button.append(
    svg(
      "0 0 24 24",
      ["rect", { ...LINE, x: 3, y: 5, width: 18, height: 14, rx: 3 }],
      ["path", { ...LINE, d: "M4 17l5-5 4 4 3-3 4 4M15 9.500v.1" }],
    ),
  );
  button.addEventListener("click", sendPicture);
}

function deedsOf({ friend, blocked }) {
  if (!friend && !blocked) return [["友だちに追加", "Add friend", () => act("follow")]];
  if (blocked) return [["ブロックを解除", "Unblock", () => act("follow")]];
  return [["ブロック", "Block", () => act("block")]];
}

const deedButton =
  (className) =>
  ([label, title, deed]) =>
    el("button", {
      type: "button",
      class: className,
      text: label,
      title,
      on: {
        click: () => {
          byId("person-menu").open = false;
          deed();
        },
      },
    });

function drawGate(who, closed) {
  const gate = byId("gate");
  gate.hidden = !closed;
  const state = !closed ? "" : `${who.id} ${who.blocked}`;
  if (gate.dataset.state === state) return;
  gate.dataset.state = state;
  const text = closed && who.blocked ? "このアカウントをブロックしています" : "まだ友だちではありません";
  gate.replaceChildren(...(closed ? [el("span", { text }), ...deedsOf(who).map(deedButton("strong"))] : []));
}

function draw() {
  const who = person();
  const closed = Boolean(who) && (who.blocked || !who.friend);
  byId("composer")
    .querySelectorAll("button, textarea")
    .forEach((control) => {
      control.disabled = !who || closed;
    });
  byId("quick").classList.toggle("closed", closed);
  if (closed) byId("stickers").hidden = true;
  drawGate(who, closed);
  const menu = byId("person-menu-items");
  const deeds = who ? JSON.stringify([who.friend, who.blocked]) : "";
  if (menu.dataset.state === deeds) return;
  menu.dataset.state = deeds;
  menu.replaceChildren(...(who ? deedsOf(who).map(deedButton("menu-item")) : []));
}

export function startComposer() {
  startText();
  startStickers();
  startImage();
  onChange(draw);
  const menu = byId("person-menu");
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

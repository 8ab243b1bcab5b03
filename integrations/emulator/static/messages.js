// One drawing for each type of message (developers.line.biz/en/reference/messaging-api/#message-objects).

import { control } from "./actions.js";
import { el, linked } from "./dom.js";
import { flexNode } from "./flex.js";
import { stickerName, stickerPicture } from "./stickers.js";

const words = (text) => el("div", { class: "words" }, linked(text ?? ""));

function picture(label, source) {
  // Only what the emulator itself keeps can be shown: the page loads nothing from elsewhere.
  if (source?.startsWith("/emulator/media/"))
    return el("span", { class: "photo" }, el("img", { src: source, alt: label }));
  return el(
    "div",
    { class: "picture", role: "img", "aria-label": label, title: source ?? "" },
    el("span", { text: label }),
  );
}

/** The text of a textV2: each {key} by what it stands for, {{ and }} by the brace itself. */
function substituted({ text = "", substitution = {} }) {
  const shown = (key) => {
    const { type, mentionee } = substitution[key] ?? {};
    if (type === "mention") return `@${mentionee?.userId ?? "全員"}`;
    return type === "emoji" ? "☺" : `{${key}}`;
  };
  return text.replace(/\{\{|\}\}|\{(\w{1,20})\}/g, (found, key) => (key ? shown(key) : found[0]));
}

function sticker({ stickerId }) {
  return el(
    "div",
    {
      class: "sticker",
      role: "img",
      "aria-label": `スタンプ ${stickerName(stickerId)}`,
      title: `sticker ${stickerId ?? ""}`,
    },
    stickerPicture(stickerId),
  );
}

function location({ title, address }) {
  return el("div", { class: "words" }, el("strong", { text: title ?? "位置情報" }), el("br"), address ?? "");
}

function card({ thumbnailImageUrl, imageUrl, title, text, actions = [], defaultAction }) {
  const source = thumbnailImageUrl ?? imageUrl;
  const top = [
    source && el("div", { class: "card-image", role: "img", "aria-label": "画像", title: source }),
    title && el("strong", { class: "card-title", text: title }),
    el("p", { class: "card-text", text: text ?? "" }),
  ].filter(Boolean);
  return el(
    "div",
    { class: "card" },
    defaultAction ? control(defaultAction, "card-top card-tap", ...top) : el("div", { class: "card-top" }, ...top),
    el("div", { class: "card-actions" }, ...actions.map((action) => control(action, "card-action"))),
  );
}

function confirmCard({ text, actions = [] }) {
  const node = card({ text, actions });
  node.classList.add("card-confirm");
  return node;
}

const slides = (nodes) =>
  el("div", { class: "slides", role: "group", "aria-label": "カルーセル", tabIndex: 0 }, ...nodes);

function imageColumn({ imageUrl, action }) {
  const image = el("span", {
    class: "slide-image",
    role: "img",
    "aria-label": action?.label ?? "画像",
    title: imageUrl ?? "",
  });
  return control(
    action ?? {},
    "image-slide",
    image,
    action?.label ? el("span", { class: "image-label", text: action.label }) : "",
  );
}

const TEMPLATES = {
  buttons: card,
  confirm: confirmCard,
  carousel: ({ columns = [] }) => slides(columns.map(card)),
  image_carousel: ({ columns = [] }) => slides(columns.map(imageColumn)),
};

function imagemap({ altText, baseUrl, actions = [] }) {
  const taps = actions.map((action) =>
    control(
      action.type === "uri" ? { ...action, uri: action.linkUri } : action,
      "card-action",
      action.label ?? action.text ?? action.linkUri ?? "",
    ),
  );
  return el(
    "div",
    { class: "card" },
    picture(altText ?? "画像", baseUrl),
    el("div", { class: "card-actions" }, ...taps),
  );
}

const MESSAGES = {
  text: ({ text }) => words(text),
  textV2: (message) => words(substituted(message)),
  sticker,
  image: ({ originalContentUrl }) => picture("画像", originalContentUrl),
  video: ({ originalContentUrl }) => picture("動画", originalContentUrl),
  audio: ({ originalContentUrl }) => picture("音声", originalContentUrl),
  file: ({ fileName }) => picture(fileName ?? "ファイル"),
  location,
  imagemap,
  template: ({ template, altText }) => TEMPLATES[template?.type]?.(template) ?? words(altText),
  flex: ({ contents }) => flexNode(contents),
};
const BARE = new Set(["sticker", "image", "video", "audio", "file", "imagemap", "template", "flex"]);

/** The bubble of an entry; a type we do not know shows its altText or its name. */
export function bubble(entry) {
  const { message } = entry;
  const draw = MESSAGES[message.type] ?? ((unknown) => words(unknown.altText ?? `[${unknown.type}]`));
  const node = el("div", { class: "bubble", data: { from: entry.from, type: message.type } }, draw(message));
  if (BARE.has(message.type)) node.classList.add("bare");
  if (message.altText) {
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", message.altText);
  }
  return node;
}

/** A message in one line, for the list of people. */
export function inShort(message) {
  const text = message.type === "textV2" ? substituted(message) : message.text;
  const name = { sticker: "スタンプ", image: "画像", video: "動画", audio: "音声", location: "位置情報" }[message.type];
  return (text ?? message.altText ?? name ?? message.type ?? "").replace(/\s+/g, " ");
}

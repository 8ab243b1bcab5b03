// What the page says beside the talk: toasts of its own, notification banners of the phone, and the two dialogs.

import { byId, el } from "./dom.js";

const TOAST = 5000;
const BANNER = 7000;
const AT_ONCE = 2;

export function toast(text, kind = "info") {
  const node = el("div", { class: "toast", data: { kind }, text });
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST);
}

/** A notification as the phone's lock screen shows it; a tap runs `open`. */
export function banner({ app, title, text, open }) {
  const node = el(
    "button",
    { type: "button", class: "banner", data: { app } },
    el("span", { class: "banner-icon", "aria-hidden": "true", text: app === "sms" ? "✉" : "@" }),
    el(
      "span",
      { class: "banner-words" },
      el("span", { class: "banner-app", text: app === "sms" ? "メッセージ" : "メール" }),
      el("strong", { text: title }),
      el("span", { class: "banner-text", text }),
    ),
  );
  node.addEventListener("click", () => {
    node.remove();
    open();
  });
  const banners = byId("banners");
  banners.prepend(node);
  while (banners.children.length > AT_ONCE) banners.lastChild.remove();
  setTimeout(() => node.remove(), BANNER);
}

/** Opens a modal dialog with `fields` above a cancel and a confirming button; resolves to true when confirmed and valid. */
export function dialog({ title, fields = [], confirm = "OK", cancel = "キャンセル" }) {
  return new Promise((resolve) => {
    const form = el(
      "form",
      { method: "dialog", class: "dialog-form" },
      el("h2", { text: title, id: "dialog-title" }),
      ...fields,
      el(
        "div",
        { class: "dialog-buttons" },
        el("button", {
          type: "button",
          class: "plain",
          text: cancel,
          title: "Cancel",
          on: { click: () => box.close("no") },
        }),
        el("button", { type: "submit", class: "strong", text: confirm, value: "yes" }),
      ),
    );
    const box = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
    document.body.append(box);
    box.showModal();
  });
}

export function field(label, control, hint = null) {
  return el(
    "label",
    { class: "field" },
    el("span", { class: "field-label", text: label }),
    control,
    hint && el("span", { class: "hint", text: hint }),
  );
}

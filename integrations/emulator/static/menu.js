// The rich menu below the talk: its picture, with a button over each area; the bar folds it away.

import { control } from "./actions.js";
import { byId, el } from "./dom.js";
import { onChange, person, state } from "./state.js";

let drawn = "";
let open = true;

const percent = (part, whole) => `${(100 * part) / whole}%`;

function area({ bounds, action }, size) {
  const button = control(action, "menu-area", el("span", { class: "sr", text: action.label ?? action.text ?? "" }));
  button.style.left = percent(bounds.x, size.width);
  button.style.top = percent(bounds.y, size.height);
  button.style.width = percent(bounds.width, size.width);
  button.style.height = percent(bounds.height, size.height);
  return button;
}

function build({ picture, size, areas }) {
  const image = el("img", { src: picture, alt: "", width: size.width, height: size.height });
  byId("rich-menu-areas").replaceChildren(image, ...areas.map((each) => area(each, size)));
}

function fold(now) {
  open = now;
  byId("rich-menu-areas").hidden = !open;
  byId("rich-menu-bar").setAttribute("aria-expanded", String(open));
}

function draw() {
  const menu = state.menu;
  const who = person();
  byId("rich-menu").hidden = !menu || !who?.friend || who.blocked;
  if (!menu || menu.richMenuId === drawn) return;
  drawn = menu.richMenuId;
  byId("rich-menu-bar").textContent = menu.chatBarText;
  fold(menu.selected);
  build(menu);
}

export function startMenu() {
  byId("rich-menu-bar").addEventListener("click", () => fold(!open));
  onChange(draw);
}

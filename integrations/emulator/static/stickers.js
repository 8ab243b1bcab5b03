// Stickers are LINE's pictures and not ours to ship: each is drawn as a face of our own, chosen by its number.

import { el, svg } from "./dom.js";

const INK = {
  fill: "none",
  stroke: "#3b2b12",
  "stroke-width": 3.5,
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
};
const FACES = [
  { name: "にっこり", eyes: "M20 27v3M44 27v3", mouth: "M20 38q12 12 24 0" },
  { name: "ありがとう", eyes: "M17 29q4-5 8 0M39 29q4-5 8 0", mouth: "M22 39q10 9 20 0" },
  { name: "しょんぼり", eyes: "M17 28q4 4 8 0M39 28q4 4 8 0", mouth: "M23 45q9-8 18 0" },
  { name: "びっくり", eyes: "M20 25v6M44 25v6", mouth: "M32 38a5 5 0 1 1-.1 10 5 5 0 0 1 .1-10" },
  { name: "おじぎ", eyes: "M17 30h8M39 30h8", mouth: "M27 42h10" },
];
// The official set that LINE documents for bots: stickers a real person could send too.
export const OFFERED = [
  { packageId: "11537", stickerId: "52002735" },
  { packageId: "11537", stickerId: "52002736" },
  { packageId: "11537", stickerId: "52002737" },
  { packageId: "11537", stickerId: "52002738" },
  { packageId: "11537", stickerId: "52002739" },
];
const PAPER = ["#ffd76a", "#ffc3a0", "#b9dcff", "#d6c6ff", "#c9efb3"];

const faceOf = (stickerId) => (Number.parseInt(stickerId, 10) || 0) % FACES.length;

export const stickerName = (stickerId) => FACES[faceOf(stickerId)].name;

export function stickerPicture(stickerId) {
  const which = faceOf(stickerId);
  const picture = svg(
    "0 0 64 64",
    ["circle", { cx: 32, cy: 33, r: 27, fill: PAPER[which], stroke: "#fff", "stroke-width": 4 }],
    ["path", { ...INK, d: FACES[which].eyes }],
    ["path", { ...INK, d: FACES[which].mouth }],
  );
  return el("span", { class: "sticker-picture" }, picture);
}

// The page: every part draws itself from the state, and one loop keeps the state.

import { follow } from "./api.js";
import { startChat } from "./chat.js";
import { startClock } from "./clock.js";
import { startComposer } from "./composer.js";
import { byId } from "./dom.js";
import { startFaults } from "./faults.js";
import { startMail } from "./mail.js";
import { startMenu } from "./menu.js";
import { startPeople } from "./people.js";
import { startSms } from "./sms.js";
import { onChange, state } from "./state.js";
import { startTabs } from "./tabs.js";
import { startWire } from "./wire.js";

const LINK = { up: "接続済み", connecting: "接続中", lost: "切断" };

function drawLink() {
  const link = state.connected ? "up" : state.everConnected ? "lost" : "connecting";
  byId("link-state").dataset.state = link;
  byId("link-state").textContent = LINK[link];
  const lost = byId("lost");
  const gone = !state.connected && Boolean(state.error);
  if (lost.hidden !== gone) return;
  lost.hidden = !gone;
  lost.textContent = gone
    ? "エミュレーターにつながりません。つながるまで自動で試します。(Connection lost, retrying)"
    : "";
}

function drawQuota() {
  const { value, used } = state.quota ?? {};
  byId("quota").hidden = used === undefined;
  byId("quota").textContent = value ? `通数 ${used} / ${value}` : `通数 ${used}`;
}

[startPeople, startChat, startComposer, startMenu, startSms, startMail, startFaults, startWire, startClock, startTabs].forEach(
  (start) => start(),
);
onChange(drawLink);
onChange(drawQuota);
follow();

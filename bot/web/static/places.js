// Offers banks and branches while one types. The form is the same without it: what is sent is looked up by the counter.
"use strict";
(function () {
  const field = document.querySelector("input[data-places]");
  if (!field) return;
  const offered = document.getElementById(field.getAttribute("list"));
  const csrf = field.form.elements.csrf.value;
  let waiting = 0;
  let asked = "";

  function offer(places) {
    offered.replaceChildren(...places.map(({ code, name }) => {
      const option = document.createElement("option");
      option.value = code;
      option.label = name ? `${name}（${code}）` : code;
      return option;
    }));
  }

  async function ask() {
    const said = field.value.trim();
    if (said === asked) return;
    asked = said;
    if (!said) return offer([]);
    try {
      const body = new URLSearchParams({ csrf, said });
      const answer = await fetch(field.dataset.places, { method: "POST", body });
      if (answer.ok && said === asked) offer(await answer.json());
    } catch {
      offer([]);
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
})();

// Makes the pages quicker to use. Every page works without it.
"use strict";

(() => {
  const KEY = "clauseqa.history";
  const KEPT = 20;
  const say = (text) => { document.getElementById("said").textContent = text; };

  // Answers are put into the page that is open. They are made by the server, which escapes every text in them.
  let latest = 0;
  const here = () => location.pathname + location.search;
  let shown = here();
  async function show(address, target, push) {
    const number = ++latest;
    const place = document.querySelector(target);
    place.setAttribute("aria-busy", "true");
    say("Looking …");
    let page;
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!page.querySelector(target)) throw new Error("not such a page");
    } catch {
      if (number === latest) location.assign(address);
      return;
    }
    if (number !== latest) return;
    if (push) history.pushState(null, "", address);
    shown = here();
    for (const selector of [target, ".ask"]) {
      const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
      if (selector === ".ask") {
        old.className = fresh.className;
        old.querySelector("h1").className = fresh.querySelector("h1").className;
        takeOver(old, fresh);
      } else {
        old.replaceWith(document.adoptNode(fresh));
      }
    }
    document.title = page.title;
    ready();
    const told = document.querySelector(`${target} [data-said]`);
    say(told ? told.textContent : "");
    if (push) scrollTo(0, 0);
    if (document.activeElement === document.body) document.getElementById("answer-title")?.focus();
  }

  // The fields of the form as the server filled them in.
  function takeOver(old, fresh) {
    for (const field of fresh.querySelectorAll("input, select")) {
      if (field.name === "q") old.querySelector("[name=q]").value = field.value;
      else if (field.tagName === "SELECT") old.querySelector(`select[name="${field.name}"]`).value = field.value;
      else {
        const same = [...old.querySelectorAll(`input[name="${field.name}"]`)].find((one) => one.value === field.value);
        if (same) same.checked = field.checked;
      }
    }
  }

  function addressOf(form) {
    const given = new FormData(form);
    const kept = [...given].filter(([name, value]) => value && !(name === "version" && value === "all"));
    return `${form.getAttribute("action")}?${new URLSearchParams(kept)}`;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const target = form.dataset.live;
    if (!target || !form.checkValidity()) return;
    event.preventDefault();
    show(addressOf(form), target, true);
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit]")) field.form.requestSubmit();
    else if (field.closest(".filters") && field.form.elements.q.value.trim()) field.form.requestSubmit();
  });

  addEventListener("popstate", () => {
    if (document.getElementById("ask") && here() !== shown) show(location.href, "#result", false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const box = document.querySelector("[aria-keyshortcuts='/']");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // Copying, with a word on how it went.
  async function copy(text) {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const field = document.createElement("textarea"); // where the page did not come over a secure connection
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("not allowed");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-link]");
    if (!button) return;
    const text = button.dataset.copy ? document.querySelector(button.dataset.copy).textContent : location.href;
    button.dataset.label ??= button.textContent;
    try {
      await copy(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy it by hand";
    }
    say(button.textContent);
    setTimeout(() => { button.textContent = button.dataset.label; }, 2000);
  });

  // What was asked before, in this browser only.
  function asked() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(found) ? found.filter((one) => typeof one?.q === "string" && typeof one?.at === "string") : [];
    } catch {
      return [];
    }
  }

  function keep(list) {
    try {
      localStorage.setItem(KEY, JSON.stringify(list));
    } catch { /* it may be turned off; then nothing is kept */ }
  }

  function remember() {
    const question = document.getElementById("result")?.dataset.question;
    if (!question) return;
    const at = location.search;
    keep([{ q: question, at }, ...asked().filter((one) => one.at !== at)].slice(0, KEPT));
  }

  function listAsked() {
    const section = document.getElementById("history");
    if (!section) return;
    const list = asked().filter((one) => one.at !== location.search && one.at.startsWith("?"));
    section.hidden = !list.length;
    section.querySelector("ol").replaceChildren(...list.map((one) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = one.at;
      link.textContent = one.q;
      item.append(link);
      return item;
    }));
    section.querySelector("button").onclick = () => {
      keep([]);
      section.hidden = true;
      say("Forgotten");
      document.getElementById("q").focus();
    };
  }

  function ready() {
    remember();
    listAsked();
    for (const button of document.querySelectorAll("[data-copy], [data-copy-link]")) button.hidden = false;
  }

  if (matchMedia("(max-width: 60rem)").matches) document.querySelector("[data-wide]")?.removeAttribute("open");
  ready();
})();

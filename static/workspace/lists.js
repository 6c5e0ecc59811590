// Lists: what is ticked, on this page and on others, how many rows and what they come to.

import { Notation } from "./numbers.js";

// What is ticked is kept in the tab while somebody turns pages, by company and list.
class Kept {
  constructor(key) {
    this.key = `selection ${key}`;
    this.rows = new Map(JSON.parse(sessionStorage.getItem(this.key) ?? "[]"));
  }

  store() {
    if (this.rows.size) sessionStorage.setItem(this.key, JSON.stringify([...this.rows]));
    else sessionStorage.removeItem(this.key);
  }
}

function selection(form) {
  const bar = form.querySelector("[data-selection-bar]");
  const words = form.querySelector("[data-selection-words]");
  const labels = [...form.querySelectorAll("[data-sum-label]")];
  const boxes = [...form.querySelectorAll("input[name=row]")];
  const page = form.querySelector("[data-select-page]");
  const all = form.querySelector("[data-select-all]");
  const none = form.querySelector("[data-select-none]");
  const kept = new Kept(form.dataset.listKey);
  let asked = null;

  for (const box of boxes) box.checked = kept.rows.has(box.value);

  function said(count) {
    if (all?.checked) return words.dataset.all.replace("{count}", asked ? asked.count : "…");
    if (!count) return words.dataset.none;
    return count === 1 ? words.dataset.one : words.dataset.many.replace("{count}", count);
  }

  // Sums of one column by currency, in whole minor units.
  function sums(position) {
    const found = new Map();
    for (const row of kept.rows.values()) {
      const notation = new Notation(".", "", row.decimals);
      const [whole, fraction = ""] = row.amounts.split(" ")[position].split(".");
      const units = notation.parse(`${whole}.${fraction.slice(0, row.decimals) || "0"}`) ?? 0n;
      const before = found.get(row.currency)?.units ?? 0n;
      found.set(row.currency, { units: before + units, decimals: row.decimals });
    }
    return [...found].sort().map(([currency, sum]) => {
      const written = new Notation(form.dataset.mark, form.dataset.groups, sum.decimals);
      return `${written.format(sum.units)} ${currency}`;
    });
  }

  function showSums() {
    for (const [position, label] of labels.entries()) {
      const name = label.dataset.sumLabel;
      const amounts = all?.checked
        ? (asked?.sums ?? []).filter((one) => one.label === name).map((one) => `${one.amount} ${one.currency}`)
        : sums(position);
      label.textContent = amounts.length ? `${name}: ` : "";
      if (amounts.length) label.append(Object.assign(document.createElement("strong"), { textContent: amounts.join(" · ") }));
    }
  }

  function show() {
    const count = kept.rows.size;
    const isEmpty = !count && !all?.checked;
    bar.toggleAttribute("data-empty", isEmpty);
    words.textContent = said(count);
    none.hidden = isEmpty;
    const ticked = boxes.filter((box) => box.checked).length;
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    showSums();
  }

  function take(box) {
    const { amounts, currency, decimals } = box.dataset;
    if (box.checked) kept.rows.set(box.value, { amounts, currency, decimals: Number(decimals) });
    else kept.rows.delete(box.value);
  }

  page.addEventListener("change", () => {
    for (const box of boxes) {
      box.checked = page.checked;
      take(box);
    }
    kept.store();
    show();
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      take(box);
      kept.store();
      show();
    });
  }
  all?.addEventListener("change", async () => {
    for (const box of [...boxes, page]) box.disabled = all.checked;
    show();
    if (!all.checked || asked) return;
    const answer = await fetch(all.dataset.sums, { headers: { Accept: "application/json" } });
    if (answer.ok) asked = await answer.json();
    show();
  });
  none.addEventListener("click", () => {
    kept.rows.clear();
    kept.store();
    if (all) all.checked = false;
    for (const box of [...boxes, page]) box.checked = box.disabled = false;
    show();
  });
  form.addEventListener("submit", (event) => {
    form.querySelector("[data-elsewhere]")?.remove();
    const here = new Set(boxes.map((box) => box.value));
    const elsewhere = [...kept.rows.keys()].filter((key) => !here.has(key));
    if (elsewhere.length) {
      const more = Object.assign(document.createElement("input"), { type: "hidden", name: "row", value: elsewhere.join(",") });
      more.dataset.elsewhere = "";
      form.append(more);
    }
    // A file leaves the page as it is, to be asked for again.
    if ("stays" in (event.submitter?.dataset ?? {})) setTimeout(() => delete form.dataset.sent, 800);
  });
  show();
}

for (const form of document.querySelectorAll("form[data-selection]")) selection(form);

// A step was asked for with what was ticked: it is ticked no longer.
for (const run of document.querySelectorAll("[data-selection-used]")) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`selection ${run.dataset.selectionUsed}`)) sessionStorage.removeItem(key);
  }
}

// A menu closes on Escape and when somebody goes elsewhere.
for (const menu of document.querySelectorAll("details.bf-views")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

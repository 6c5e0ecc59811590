// What every page of the workspace can do. Behaviour hangs on data attributes; pages carry no script of their own.

import { enhanceAccountInputs } from "./account_picker.js";
import { startLists } from "./kept_lists.js";
import { startDays } from "./days.js";
import { startKeeping } from "./keep.js";
import { startShortcuts } from "./shortcuts.js";

// <input data-filter="TABLE"> hides the rows of a table that do not contain every typed word, and headings without rows.
function filterTable(id) {
  const table = document.getElementById(id);
  const input = document.querySelector(`[data-filter="${id}"]`);
  const only = document.querySelector(`[data-filter-only][data-filter-table="${id}"]`);
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const headings = new Map();
  let shown = 0;
  for (const group of table.querySelectorAll("tbody[data-filter-group]")) {
    let inGroup = 0;
    for (const row of group.querySelectorAll("tr[data-text]")) {
      const matches = words.every((word) => row.dataset.text.includes(word));
      row.hidden = !matches || (only?.checked && !(only.dataset.filterOnly in row.dataset));
      inGroup += row.hidden ? 0 : 1;
    }
    group.hidden = !inGroup;
    shown += inGroup;
    headings.set(group.dataset.filterGroup, (headings.get(group.dataset.filterGroup) ?? 0) + inGroup);
  }
  for (const heading of table.querySelectorAll("tbody[data-filter-heading]")) {
    heading.hidden = !headings.get(heading.dataset.filterHeading);
  }
  const empty = document.querySelector(`[data-filter-empty="${id}"]`);
  if (empty) empty.hidden = shown > 0;
}

function startFilters() {
  for (const input of document.querySelectorAll("[data-filter]")) {
    input.addEventListener("input", () => filterTable(input.dataset.filter));
  }
  for (const box of document.querySelectorAll("[data-filter-only]")) {
    box.addEventListener("change", () => filterTable(box.dataset.filterTable));
    if (box.checked) filterTable(box.dataset.filterTable);
  }
}

// <form data-auto-submit> shows its result as soon as a choice is made; text waits for Enter.
function startAutoSubmit() {
  for (const form of document.querySelectorAll("form[data-auto-submit]")) {
    form.addEventListener("change", (event) => {
      const isChoice = event.target.matches("select, input[type=checkbox], input[type=radio], [data-account-search]");
      if (isChoice) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      // Keeps the address short: what is empty need not be asked for.
      for (const input of form.querySelectorAll("input, select")) {
        if (!input.value && !("keepEmpty" in input.dataset)) input.disabled = true;
      }
      setTimeout(() => form.querySelectorAll("[disabled]").forEach((input) => (input.disabled = false)));
    });
  }
}

// <form data-warn-unsaved> asks before the page is left with changes.
function startWarnings() {
  for (const form of document.querySelectorAll("form[data-warn-unsaved]")) {
    let isChanged = false;
    form.addEventListener("input", () => (isChanged = true));
    form.addEventListener("submit", () => (isChanged = false));
    window.addEventListener("beforeunload", (event) => isChanged && event.preventDefault());
  }
}

// A form is sent once, however often the button is pressed. <button data-confirm="Question?"> asks first. It says which
// company its page was about, for somebody may have switched to another one in another window meanwhile.
function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });
}

// <button data-copy="#id"> copies the text of an element.
function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      const label = button.querySelector("[data-label]") ?? button;
      const before = label.textContent;
      label.textContent = button.dataset.textCopied;
      setTimeout(() => (label.textContent = before), 1600);
    });
  }
}

// <div data-shown-when="term=day"> is shown while the form's field has that value.
function startConditions() {
  for (const part of document.querySelectorAll("[data-shown-when]")) {
    const [name, value] = part.dataset.shownWhen.split("=");
    const field = part.closest("form").elements[name];
    const show = () => (part.hidden = field.value !== value);
    field.addEventListener("change", show);
    show();
  }
}

// <button data-preview> sends the form's «preview» request, whose answer appears below it; the chosen file stays chosen.
function startPreviews() {
  for (const button of document.querySelectorAll("[data-preview]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      window.htmx.trigger(button.form, "preview");
    });
  }
}

// <input type="checkbox" data-check-all> ticks every box within its nearest [data-checks], and shows whether all are ticked.
function startChecks() {
  const boxes = (part) => [...part.querySelectorAll("input[type=checkbox]:not([data-check-all])")];
  const show = () => {
    for (const all of document.querySelectorAll("[data-check-all]")) {
      const ticked = boxes(all.closest("[data-checks]")).map((box) => box.checked);
      all.checked = ticked.length > 0 && ticked.every(Boolean);
      all.indeterminate = !all.checked && ticked.some(Boolean);
    }
  };
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) for (const box of boxes(all.closest("[data-checks]"))) box.checked = all.checked;
    if (event.target.closest("[data-checks]")) show();
  });
  show();
}

startKeeping(); // first, so that everything else finds the form as it was typed
enhanceAccountInputs(document);
startDays();
startLists();
startChecks();
startFilters();
startPreviews();
startAutoSubmit();
startWarnings();
startForms();
startCopying();
startConditions();
startShortcuts();

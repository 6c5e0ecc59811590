// The entry editor: lines are added as they are needed, totals, difference and tax follow every key.

import { enhanceAccountInputs } from "../workspace/account_picker.js";
import { Notation, divideHalfUp, rateUnits } from "../workspace/numbers.js";

const form = document.getElementById("entry-form");
const body = form.querySelector("[data-lines]");
const template = document.getElementById("line-template");
const currency = form.elements.currency;
const FULL = 1_000_000n; // 100 percent in ten-thousandths of a percent

function notation() {
  const decimals = Number(currency.selectedOptions[0]?.dataset.decimals ?? form.dataset.decimals);
  return new Notation(form.dataset.decimalMark, form.dataset.groupMark, decimals);
}

const rows = () => [...body.querySelectorAll("tr[data-line]")];
const cell = (row, name) => row.querySelector(`[name="${name}"]`);

function amountOf(row, marks) {
  const debit = marks.parse(cell(row, "debit").value);
  const credit = marks.parse(cell(row, "credit").value);
  return (debit ?? 0n) - (credit ?? 0n);
}

// What the page's template says in its reader's language, with figures filled in: `data-text-split` is `say("Split")`.
function say(name, figures = {}) {
  return form.dataset[`text${name}`].replace(/\{(\w+)\}/g, (place, key) => figures[key] ?? place);
}

function totals(marks) {
  let debit = 0n;
  let credit = 0n;
  for (const row of rows()) {
    debit += marks.parse(cell(row, "debit").value) ?? 0n;
    credit += marks.parse(cell(row, "credit").value) ?? 0n;
  }
  return { debit, credit, difference: debit - credit };
}

// What the tax code of a line makes of its amount: of a gross amount the net and the tax in it, of a self-assessed one
// the tax on it, on both accounts.
function taxNote(row, marks) {
  const option = cell(row, "tax_code").selectedOptions[0];
  const amount = amountOf(row, marks);
  const size = amount < 0n ? -amount : amount;
  if (!option?.value || !size) return "";
  const rate = rateUnits(option.dataset.rate);
  if (option.dataset.selfAssessed) {
    return say("SelfAssessed", { net: marks.format(size), tax: marks.format(divideHalfUp(size * rate, FULL)) });
  }
  const tax = divideHalfUp(size * rate, FULL + rate);
  return tax ? say("Split", { net: marks.format(size - tax), tax: marks.format(tax) }) : say("NoTax");
}

function update() {
  const marks = notation();
  const { debit, credit, difference } = totals(marks);
  form.querySelector("[data-total=debit]").textContent = marks.format(debit);
  form.querySelector("[data-total=credit]").textContent = marks.format(credit);
  const isBalanced = !difference && debit > 0n;
  for (const state of form.querySelectorAll("[data-difference]")) {
    state.classList.toggle("bf-balanced", isBalanced);
    state.classList.toggle("bf-unbalanced", difference !== 0n);
    const size = difference < 0n ? -difference : difference;
    if (difference) state.textContent = say(difference > 0n ? "Credit" : "Debit", { amount: marks.format(size) });
    else state.textContent = isBalanced ? say("Balanced") : "";
  }
  for (const row of rows()) {
    row.querySelector("[data-tax-note]").textContent = taxNote(row, marks);
    for (const name of ["debit", "credit"]) {
      const input = cell(row, name);
      const isWrong = input.value.trim() !== "" && marks.parse(input.value) === null;
      input.setAttribute("aria-invalid", String(isWrong || "refused" in input.dataset));
    }
  }
}

// An amount left with Tab is written out: 12,5 becomes 12,50. What is no amount stays for its writer to mend.
function tidy(input) {
  const marks = notation();
  const units = marks.parse(input.value);
  if (units !== null) input.value = units ? marks.format(units) : "";
}

function addLine(after = null) {
  const row = template.content.firstElementChild.cloneNode(true);
  if (after) after.after(row);
  else body.append(row);
  enhanceAccountInputs(row);
  number();
  return row;
}

function number() {
  rows().forEach((row, index) => (row.querySelector("[data-number]").textContent = index + 1));
}

function removeLine(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  while (rows().length < 2) addLine();
  number();
  update();
  cell(next?.isConnected ? next : rows()[0], "account").focus();
}

// `=` in an empty amount puts in what is missing there.
function fillDifference(input, row) {
  const marks = notation();
  const { difference } = totals(marks);
  const wanted = input.name === "debit" ? -difference : difference;
  const other = cell(row, input.name === "debit" ? "credit" : "debit");
  if (wanted > 0n) input.value = marks.format(wanted);
  else if (wanted < 0n && !other.value) other.value = marks.format(-wanted);
  update();
}

// Enter goes on to the next line, made where there is none; with Ctrl it posts.
function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    (form.querySelector("[data-main-action]") ?? form.querySelector("[value=save]")).click();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.querySelector("[value=save]").click();
    return;
  }
  const row = event.target.closest("tr[data-line]");
  if (!row) {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    return;
  }
  if (event.key === "=" && event.target.matches("[name=debit], [name=credit]") && !event.target.value) {
    event.preventDefault();
    fillDifference(event.target, row);
  } else if (event.key === "Enter" && event.target.matches("input, select")) {
    event.preventDefault();
    if (event.target.matches("[name=debit], [name=credit]")) tidy(event.target);
    cell(row.nextElementSibling ?? addLine(), "account").focus();
    update();
  } else if (event.key === "Backspace" && event.ctrlKey) {
    event.preventDefault();
    removeLine(row);
  }
}

function onInput(event) {
  const input = event.target;
  delete input.dataset.refused;
  const row = input.closest("tr[data-line]");
  if (row && input.value && input.matches("[name=debit], [name=credit]")) {
    cell(row, input.name === "debit" ? "credit" : "debit").value = "";
  }
  // There is always an empty line to go on with.
  if (row && input.value && row === rows().at(-1)) addLine();
  update();
}

async function showRate() {
  const note = form.querySelector("[data-rate-note]");
  const isForeign = currency.value !== form.dataset.baseCurrency;
  for (const part of form.querySelectorAll("[data-foreign]")) part.hidden = !isForeign;
  for (const part of form.querySelectorAll("[data-currency]")) part.textContent = currency.value;
  if (!isForeign || form.elements.exchange_rate.value.trim()) {
    note.textContent = "";
    return;
  }
  const query = new URLSearchParams({ currency: currency.value, on: form.elements.entry_date.value });
  const response = await fetch(`${form.dataset.rateUrl}?${query}`);
  const answer = await response.json();
  const source = answer.source === "ECB" ? "ECB" : say("OwnRate");
  note.textContent = response.ok ? `${answer.rate} (${source}, ${answer.day})` : answer.message;
  note.classList.toggle("bf-error", !response.ok);
}

form.addEventListener("keydown", onKey);
form.addEventListener("input", onInput);
form.addEventListener("change", (event) => {
  if (event.target.matches("[name=debit], [name=credit]")) tidy(event.target);
  if (["currency", "entry_date", "exchange_rate"].includes(event.target.name)) showRate();
  update();
});
form.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-line]");
  if (remove) removeLine(remove.closest("tr[data-line]"));
  if (event.target.closest("[data-add-line]")) cell(addLine(), "account").focus();
});

if (rows().at(-1) && cell(rows().at(-1), "account").value) addLine();
number();
update();
showRate();
const wrong = form.querySelector("[aria-invalid=true], .bf-invalid input");
// On a slow line somebody may be typing already.
if (!form.contains(document.activeElement)) (wrong ?? form.querySelector("[data-first]")).focus();

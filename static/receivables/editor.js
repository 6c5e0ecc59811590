// The editor of invoices and the like: lines are added as they are needed, amounts and totals follow every key. What is
// shown is a preview; the server reckons anew.

import { enhanceAccountInputs } from "../workspace/account_picker.js";
import { Notation, divideHalfUp, rateUnits } from "../workspace/numbers.js";

const form = document.getElementById("document-form");
const body = form.querySelector("[data-lines]");
const template = document.getElementById("line-template");
const currency = form.elements.currency;
const FULL = 1_000_000n; // 100 percent in ten-thousandths of a percent
const MICRO = 1_000_000n; // quantities and prices have six decimals

const decimals = () => Number(currency.selectedOptions[0]?.dataset.decimals ?? 2);
const marks = (digits = decimals()) => new Notation(form.dataset.decimalMark, form.dataset.groupMark, digits);
const rows = () => [...body.querySelectorAll("tr[data-line]")];
const cell = (row, name) => row.querySelector(`[name="${name}"]`);

function discountOf(text, basis) {
  const typed = text.trim();
  if (!typed) return 0n;
  if (!typed.endsWith("%")) return marks().parse(typed);
  const percent = marks(4).parse(typed.slice(0, -1));
  return percent === null ? null : divideHalfUp(basis * percent, FULL);
}

// The line's amount after its discount in minor units; null while something cannot be read, 0 for an empty line.
function amountOf(row) {
  const quantity = marks(6).parse(cell(row, "quantity").value.trim() || "1");
  const price = cell(row, "unit_amount").value.trim() ? marks(6).parse(cell(row, "unit_amount").value) : 0n;
  if (quantity === null || price === null) return null;
  const basis = divideHalfUp(quantity * price * 10n ** BigInt(decimals()), MICRO * MICRO);
  const discount = discountOf(cell(row, "discount").value, basis);
  return discount === null ? null : basis - discount;
}

function taxOf(row, amount, isInclusive) {
  const option = cell(row, "tax_code").selectedOptions[0];
  if (!option?.value || option.dataset.selfAssessed) return 0n;
  const rate = rateUnits(option.dataset.rate);
  return divideHalfUp(amount * rate, isInclusive ? FULL + rate : FULL);
}

function update() {
  const isInclusive = form.elements.tax_behavior.checked;
  const taxes = new Map();
  let net = 0n;
  for (const row of rows()) {
    const amount = amountOf(row);
    row.querySelector("[data-amount]").textContent = amount ? marks().format(amount) : "";
    for (const name of ["quantity", "unit_amount", "discount"]) {
      const input = cell(row, name);
      const text = input.value.trim();
      const isWrong = text && (name === "discount" ? discountOf(text, 0n) : marks(6).parse(text)) === null;
      input.setAttribute("aria-invalid", String(Boolean(isWrong) || "refused" in input.dataset));
    }
    const tax = taxOf(row, amount ?? 0n, isInclusive);
    const code = cell(row, "tax_code").value;
    if (tax) taxes.set(code, (taxes.get(code) ?? 0n) + tax);
    net += (amount ?? 0n) - (isInclusive ? tax : 0n);
  }
  let gross = net;
  const shown = [...taxes].map(([code, tax]) => {
    gross += tax;
    const line = document.createElement("div");
    const label = document.createElement("dt");
    label.textContent = `Tax ${code}`;
    const figure = document.createElement("dd");
    figure.textContent = marks().format(tax);
    line.append(label, figure);
    return line;
  });
  form.querySelector("[data-tax-rows]").replaceChildren(...shown);
  form.querySelector("[data-total=net]").textContent = marks().format(net);
  form.querySelector("[data-total=gross]").textContent = marks().format(gross);
  for (const part of form.querySelectorAll("[data-currency]")) part.textContent = currency.value;
}

function number() {
  rows().forEach((row, index) => (row.querySelector("[data-number]").textContent = index + 1));
}

function addLine() {
  const row = template.content.firstElementChild.cloneNode(true);
  body.append(row);
  const before = row.previousElementSibling;
  if (before) cell(row, "tax_code").value = cell(before, "tax_code").value;
  enhanceAccountInputs(row);
  number();
  return row;
}

// Most invoices have one tax code: the empty lines below take it over.
function passOnTax(row) {
  for (const below of rows().slice(rows().indexOf(row) + 1)) {
    const names = ["item", "description", "account", "unit_amount"];
    if (names.every((name) => !cell(below, name).value)) cell(below, "tax_code").value = cell(row, "tax_code").value;
  }
}

function removeLine(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (!rows().length) addLine();
  number();
  update();
  cell(next?.isConnected ? next : rows()[0], "item").focus();
}

// A taken item fills what is still empty; a taken customer brings its currency.
function onTaken(event) {
  const taken = event.detail;
  const row = event.target.closest("tr[data-line]");
  if (event.target.name === "customer") {
    form.elements.customer_id.value = taken.id;
    if (taken.currency) currency.value = taken.currency;
    setDue(taken.terms_days);
  } else if (event.target.name === "item" && row) {
    if (!cell(row, "description").value) cell(row, "description").value = taken.description;
    if (taken.price) cell(row, "unit_amount").value = tidied(taken.price);
    if (taken.tax_code) {
      cell(row, "tax_code").value = taken.tax_code;
      passOnTax(row);
    }
    if (row === rows().at(-1)) addLine();
  }
  update();
}

function setDue(days) {
  const due = form.elements.until;
  if (due.type !== "date" || due.value || days === null || days === undefined) return;
  const date = new Date(`${form.elements.document_date.value}T00:00:00Z`);
  if (Number.isNaN(date.valueOf())) return;
  date.setUTCDate(date.getUTCDate() + days);
  due.value = date.toISOString().slice(0, 10);
}

function tidied(text) {
  const units = marks().parse(text);
  return units === null ? text : marks().format(units);
}

function onKey(event) {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && (event.key === "Enter" || event.key === "s")) {
    event.preventDefault();
    const main = event.key === "Enter" ? form.querySelector("[data-main-action]") : null;
    (main ?? form.querySelector("[value=save]")).click();
    return;
  }
  const row = event.target.closest("tr[data-line]");
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("input, select, tr textarea")) {
    event.preventDefault();
    if (row) cell(row.nextElementSibling ?? addLine(), "item").focus();
  } else if (row && isCommand && event.key === "Backspace") {
    event.preventDefault();
    removeLine(row);
  }
}

form.addEventListener("keydown", onKey);
form.addEventListener("account:taken", onTaken);
form.addEventListener("input", (event) => {
  delete event.target.dataset.refused;
  if (event.target.name === "customer") form.elements.customer_id.value = "";
  const row = event.target.closest("tr[data-line]");
  // There is always an empty line to go on with.
  if (row && event.target.value && row === rows().at(-1)) addLine();
  update();
});
form.addEventListener("change", (event) => {
  if (event.target.name === "unit_amount" && event.target.value) event.target.value = tidied(event.target.value);
  if (event.target.name === "tax_code") passOnTax(event.target.closest("tr[data-line]"));
  update();
});
form.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-line]");
  if (remove) removeLine(remove.closest("tr[data-line]"));
  if (event.target.closest("[data-add-line]")) cell(addLine(), "item").focus();
});

number();
update();
const wrong = form.querySelector("[aria-invalid=true], .bf-invalid input");
// On a slow line somebody may be typing already.
if (!form.contains(document.activeElement)) (wrong ?? form.querySelector("[data-first]") ?? cell(rows()[0], "item")).focus();

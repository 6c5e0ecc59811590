// The editor of invoices and the like: amounts and totals follow every key. What is shown is a preview; the server
// reckons anew.

import { followRate } from "../ledger/rate.js";
import { dayOf, putDay } from "../workspace/days.js";
import { LineEditor } from "../workspace/line_editor.js";
import { divideHalfUp, rateUnits } from "../workspace/numbers.js";

const form = document.getElementById("document-form");
const party = form.querySelector("[data-party]"); // the customer or vendor
const partyId = form.querySelector("[data-party-id]");
const FULL = 1_000_000n; // 100 percent in ten-thousandths of a percent, as rates of tax have them
const PERCENT = 100_000_000_000n; // 100 percent in billionths of a percent, as discounts may have them
const NO_TAX = "_none";
const MICRO = 1_000_000n; // quantities and prices have six decimals

const marks = (decimals) => editor.marks(decimals);
const rows = () => editor.rows;
const cell = (row, name) => editor.cell(row, name);

// A discount as it is typed: an amount, a percentage of `basis`, or several with a plus between them.
function discountOf(text, basis) {
  let sum = 0n;
  for (const part of text.split("+").map((one) => one.trim()).filter(Boolean)) {
    const units = part.endsWith("%") ? marks(9).parse(part.slice(0, -1)) : marks().parse(part);
    if (units === null) return null;
    sum += part.endsWith("%") ? divideHalfUp(basis * units, PERCENT) : units;
  }
  return sum;
}

// The line's amount after its discount in minor units; null while something cannot be read, 0 for an empty line.
function amountOf(row) {
  const quantity = marks(6).parse(cell(row, "quantity").value.trim() || "1");
  const price = cell(row, "unit_amount").value.trim() ? marks(6).parse(cell(row, "unit_amount").value) : 0n;
  if (quantity === null || price === null) return null;
  const basis = divideHalfUp(quantity * price * 10n ** BigInt(editor.decimals), MICRO * MICRO);
  const discount = discountOf(cell(row, "discount").value, basis);
  return discount === null ? null : basis - discount;
}

// Shares `total` out over the weights as `ledger.money.allocate` does: the units that rounding leaves over go to the
// largest remainders, among equals to the larger weight, then the earlier one.
function allocate(total, weights) {
  let whole = weights.reduce((sum, weight) => sum + weight, 0n);
  let exact = weights;
  if (!whole) [exact, whole] = [weights.map(() => 1n), BigInt(weights.length)];
  if (whole < 0n) [exact, whole] = [exact.map((weight) => -weight), -whole];
  const rest = exact.map((weight) => (((total * weight) % whole) + whole) % whole);
  const parts = exact.map((weight, index) => (total * weight - rest[index]) / whole);
  const size = (index) => (exact[index] < 0n ? -exact[index] : exact[index]);
  const order = (one, other) => (one > other ? -1 : one < other ? 1 : 0);
  const ranked = [...parts.keys()].sort((a, b) => order(rest[a], rest[b]) || order(size(a), size(b)) || a - b);
  const left = Number(total - parts.reduce((sum, part) => sum + part, 0n));
  for (const index of ranked.slice(0, left)) parts[index] += 1n;
  return parts;
}

function markWrong(row) {
  for (const name of ["quantity", "unit_amount", "discount"]) {
    const input = cell(row, name);
    const text = input.value.trim();
    const isWrong = text && (name === "discount" ? discountOf(text, 0n) : marks(6).parse(text)) === null;
    editor.mark(input, Boolean(isWrong));
  }
}

// Tax that came with the line, as the server keeps it while prices are untouched; null where there is none. What is
// credited takes its part of it with the pieces.
function keptTax(row) {
  if (!("keptTax" in row.dataset)) return null;
  const isSame = (input) => input.value === input.defaultValue;
  const select = cell(row, "tax_code");
  if (!["unit_amount", "discount"].every((name) => isSame(cell(row, name)))) return null;
  if (select.selectedOptions[0] !== (select.querySelector("[selected]") ?? select.options[0])) return null;
  if (form.elements.tax_behavior.checked !== form.elements.tax_behavior.defaultChecked) return null;
  const tax = marks().parse(row.dataset.keptTax);
  const quantity = cell(row, "quantity");
  if (isSame(quantity)) return tax;
  const pieces = [quantity.value, quantity.defaultValue].map((text) => marks(6).parse(text || "1"));
  return cell(row, "credits").value && pieces[0] !== null ? divideHalfUp(tax * pieces[0], pieces[1]) : null;
}

// What is charged after the document's discount, by tax code: tax is reckoned and rounded once for each.
function chargedByCode(amounts, discount) {
  const shares = discount ? allocate(discount, amounts) : amounts.map(() => 0n);
  const groups = new Map();
  rows().forEach((row, index) => {
    const option = cell(row, "tax_code").selectedOptions[0];
    const isTaxed = form.dataset.exempt !== "yes" || Boolean(option?.value); // a chosen code goes before the exemption
    const kept = isTaxed ? keptTax(row) : null;
    const rate = isTaxed && kept === null && option?.dataset.rate && !option.dataset.selfAssessed ? rateUnits(option.dataset.rate) : 0n;
    const code = rate || kept ? (option?.value || option?.dataset.code || "") : "";
    const group = groups.get(`${code} ${rate}`) ?? { code, rate, sum: 0n, kept: 0n };
    group.sum += amounts[index] - shares[index];
    group.kept += kept ?? 0n;
    groups.set(`${code} ${rate}`, group);
  });
  return groups.values();
}

function taxRow(code, tax) {
  const line = document.createElement("div");
  const label = document.createElement("dt");
  label.textContent = editor.say("Tax", { code });
  const figure = document.createElement("dd");
  figure.textContent = marks().format(tax);
  line.append(label, figure);
  return line;
}

function update() {
  const isInclusive = form.elements.tax_behavior.checked;
  const amounts = rows().map((row) => {
    const amount = amountOf(row);
    row.querySelector("[data-amount]").textContent = amount ? marks().format(amount) : "";
    markWrong(row);
    return amount ?? 0n;
  });
  const whole = amounts.reduce((sum, amount) => sum + amount, 0n);
  const input = form.elements.document_discount;
  const discount = discountOf(input.value, whole);
  const isWrong = discount === null || discount < 0n || (discount > 0n && discount > whole);
  editor.mark(input, isWrong);
  show(whole, isWrong ? 0n : discount, chargedByCode(amounts, isWrong ? 0n : discount), isInclusive);
}

function show(whole, discount, groups, isInclusive) {
  const taxRows = [];
  let net = whole - discount;
  let gross = net;
  for (const { code, rate, sum, kept } of groups) {
    const tax = kept + divideHalfUp(sum * rate, isInclusive ? FULL + rate : FULL);
    if (isInclusive) net -= tax;
    else gross += tax;
    if (tax) taxRows.push(taxRow(code, tax));
  }
  const figures = { lines: whole, discount: -discount, net, gross };
  for (const [name, value] of Object.entries(figures)) {
    form.querySelector(`[data-total=${name}]`).textContent = name === "discount" && !value ? "" : marks().format(value);
  }
  form.querySelector("[data-tax-rows]").replaceChildren(...taxRows);
  warnOfLimit(gross);
}

// A warning, never a refusal: with this invoice the customer would owe more than its credit limit. The limit is in the
// currency of the books, so other currencies are left to the page of the invoice.
function warnOfLimit(gross) {
  const note = form.querySelector("[data-over-limit]");
  if (!note) return;
  const left = form.elements.currency.value === form.dataset.baseCurrency ? marks().parse(form.dataset.creditLeft) : null;
  note.hidden = left === null || gross <= left || gross <= 0n;
  if (!note.hidden) note.querySelector("[data-over]").textContent = marks().format(gross - left);
}

function added(row, before) {
  if (before) takeOverTax(row, before);
}

// A copy is taxed as the line it was made of; its own item's code counts.
function copied(row, from) {
  if (from.dataset.itemTax) row.dataset.itemTax = from.dataset.itemTax;
  showDerived(row);
}

// Most invoices have one tax code: the empty lines below take it over. That a line is not taxed is said of it alone.
function passOnTax(row) {
  for (const below of rows().slice(rows().indexOf(row) + 1)) {
    const names = ["item", "description", "account", "unit_amount"];
    if (names.every((name) => !cell(below, name).value)) takeOverTax(below, row);
  }
}

// A code of another day is not offered for a new line.
function takeOverTax(row, from) {
  const { value } = cell(from, "tax_code");
  const option = [...cell(row, "tax_code").options].find((one) => one.value === value);
  if (value !== NO_TAX && option && !option.disabled) option.selected = true;
}

// A taken item fills what is still empty; a taken customer brings its currency.
function taken(event, row) {
  const found = event.detail;
  if (event.target === party) {
    partyId.value = found.id;
    form.dataset.exempt = found.is_exempt ? "yes" : "";
    setUsualTax(found.usual_tax);
    form.dataset.creditLeft = found.credit_left ?? "";
    if (found.currency) form.elements.currency.value = found.currency;
    form.dataset.termsDays = found.terms_days ?? "";
    followDue();
  } else if (event.target.name === "item" && row) {
    if (!cell(row, "description").value) cell(row, "description").value = found.description;
    if (found.price) {
      cell(row, "unit_amount").value = found.price;
      editor.tidy(cell(row, "unit_amount"));
    }
    row.dataset.itemTax = found.tax_code ?? "";
    cell(row, "tax_code").value = "";
    showDerived(row);
  }
}

// What a line of plain text is taxed with for this customer; an account may still have a code of its own.
function setUsualTax(usual) {
  form.dataset.usualCode = usual?.code ?? "";
  form.dataset.usualRate = usual?.rate ?? "";
  for (const row of [...rows(), editor.template]) showDerived(row);
}

// What a line gets that has no code chosen: that of its item, unless the customer is not charged, else the usual one. A
// code of another day is shown as the one of its family that is for the day.
function showDerived(row) {
  const select = row.querySelector("select[name=tax_code]");
  const derived = select.querySelector("option[data-derived]");
  const known = [...select.querySelectorAll("option[data-family]")];
  const named = known.find((option) => option.value === row.dataset.itemTax);
  const isLike = (option) => !option.disabled && option.dataset.family && option.dataset.family === named?.dataset.family;
  const item = named?.disabled ? known.find(isLike) : named;
  const isLifted = form.dataset.usualCode && !Number(form.dataset.usualRate) && Number(item?.dataset.rate);
  const usual = { code: form.dataset.usualCode ?? "", rate: form.dataset.usualRate ?? "" };
  const taken = item && !isLifted ? { code: item.value, rate: item.dataset.rate } : usual;
  derived.dataset.rate = taken.rate;
  derived.dataset.code = taken.code;
  derived.textContent = taken.code ? `${form.dataset.textAuto} (${taken.code})` : form.dataset.textAuto;
}

// Only the codes of the day of supply are offered: of one family the one that began last, as the ledger has it.
function offerCodes() {
  const days = ["service_date", "delivery_date", "document_date"].map((name) => dayOf(form.elements[name]));
  const day = days.find(Boolean);
  if (!day) return;
  const covers = ({ dataset }) => (dataset.from || "") <= day && day <= (dataset.until || "9999");
  for (const row of [...rows(), editor.template]) {
    const options = [...row.querySelectorAll("select[name=tax_code] option[data-family]")];
    for (const option of options) {
      const { family, from } = option.dataset;
      const isLater = (other) => other.dataset.family === family && other.dataset.from > from && covers(other);
      const isFor = covers(option) && !(family && options.some(isLater));
      option.hidden = option.disabled = !isFor && !option.selected;
    }
    if (row.dataset.itemTax) showDerived(row);
  }
}

// The day on which it is due by the customer's terms; "" where there are none, or no date yet.
function dueByTerms() {
  const date = new Date(`${dayOf(form.elements.document_date)}T00:00:00Z`);
  if (!form.dataset.termsDays || Number.isNaN(date.valueOf())) return "";
  date.setUTCDate(date.getUTCDate() + Number(form.dataset.termsDays));
  return date.toISOString().slice(0, 10);
}

// The due date follows the date and the customer until somebody types another one, and again when it is emptied.
function followDue() {
  if (!("setsDue" in form.dataset) || form.dataset.dueIsTyped) return;
  const due = dueByTerms();
  if (due) putDay(form.elements.until, due);
}

function noteDue() {
  const due = dayOf(form.elements.until);
  form.dataset.dueIsTyped = form.elements.until.value.trim() && due !== dueByTerms() ? "yes" : "";
}

function typed(input, row) {
  if (input === party) partyId.value = form.dataset.creditLeft = "";
  if (row && input.name === "item") {
    delete row.dataset.itemTax; // until another one is taken
    showDerived(row);
  }
}

function changed(input, row) {
  if (input.name === "tax_code") passOnTax(row);
  if (input.name === "document_date") followDue();
  if (input.name === "until") noteDue();
  if (["document_date", "service_date", "delivery_date"].includes(input.name)) offerCodes();
}

const editor = new LineEditor(form, { update, added, copied, typed, changed, taken });
if ("restored" in form.dataset) for (const row of [...rows(), editor.template]) showDerived(row);
if ("setsDue" in form.dataset && !("restored" in form.dataset)) noteDue();
editor.start();
followRate(form, "document_date");

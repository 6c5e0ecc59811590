// The entry editor: totals, difference and tax follow every key.

import { LineEditor } from "../workspace/line_editor.js";
import { divideHalfUp, rateUnits } from "../workspace/numbers.js";
import { followRate } from "./rate.js";

const form = document.getElementById("entry-form");
const FULL = 1_000_000n; // 100 percent in ten-thousandths of a percent
const SIDES = ["debit", "credit"];

const other = (name) => SIDES.find((side) => side !== name);

function amountOf(row, marks) {
  const [debit, credit] = SIDES.map((name) => marks.parse(editor.cell(row, name).value) ?? 0n);
  return debit - credit;
}

function totals(marks) {
  const [debit, credit] = SIDES.map((name) =>
    editor.rows.reduce((sum, row) => sum + (marks.parse(editor.cell(row, name).value) ?? 0n), 0n),
  );
  return { debit, credit, difference: debit - credit };
}

// What the tax code of a line makes of its amount: of a gross amount the net and the tax in it, of a self-assessed one
// the tax on it, on both accounts.
function taxNote(row, marks) {
  const option = editor.cell(row, "tax_code").selectedOptions[0];
  const amount = amountOf(row, marks);
  const size = amount < 0n ? -amount : amount;
  if (!option?.value || !size) return "";
  const rate = rateUnits(option.dataset.rate);
  if (option.dataset.selfAssessed) {
    return editor.say("SelfAssessed", { net: marks.format(size), tax: marks.format(divideHalfUp(size * rate, FULL)) });
  }
  const tax = divideHalfUp(size * rate, FULL + rate);
  return tax ? editor.say("Split", { net: marks.format(size - tax), tax: marks.format(tax) }) : editor.say("NoTax");
}

function update() {
  const marks = editor.marks();
  const { debit, credit, difference } = totals(marks);
  form.querySelector("[data-total=debit]").textContent = marks.format(debit);
  form.querySelector("[data-total=credit]").textContent = marks.format(credit);
  const isBalanced = !difference && debit > 0n;
  for (const state of form.querySelectorAll("[data-difference]")) {
    state.classList.toggle("bf-balanced", isBalanced);
    state.classList.toggle("bf-unbalanced", difference !== 0n);
    const amount = marks.format(difference < 0n ? -difference : difference);
    if (difference) state.textContent = editor.say(difference > 0n ? "Credit" : "Debit", { amount });
    else state.textContent = isBalanced ? editor.say("Balanced") : "";
  }
  for (const row of editor.rows) {
    row.querySelector("[data-tax-note]").textContent = taxNote(row, marks);
    for (const input of SIDES.map((name) => editor.cell(row, name))) {
      editor.mark(input, input.value.trim() !== "" && marks.parse(input.value) === null);
    }
  }
}

// A line has one side: what is typed on it takes the other one's place.
function typed(input, row) {
  if (row && input.value && SIDES.includes(input.name)) editor.cell(row, other(input.name)).value = "";
}

// What is missing on the other side goes there.
function missing(input, row) {
  const marks = editor.marks();
  const { difference } = totals(marks);
  const wanted = input.name === "debit" ? -difference : difference;
  const opposite = editor.cell(row, other(input.name));
  if (wanted > 0n) input.value = marks.format(wanted);
  else if (wanted < 0n && !opposite.value) opposite.value = marks.format(-wanted);
}

const editor = new LineEditor(form, { update, typed, missing });
editor.start();
followRate(form, "entry_date");

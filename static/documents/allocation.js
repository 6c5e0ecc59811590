// The allocation grid: proposes the oldest invoices first for as long as nobody has written an amount next to one, and
// shows what is applied and what is left over.

import { Notation } from "../workspace/numbers.js";

const form = document.querySelector("form[data-allocation]");
const marks = new Notation(form.dataset.decimalMark, form.dataset.groupMark, Number(form.dataset.decimals));
const rows = [...form.querySelectorAll("tr[data-open]")];
const input = (row) => row.querySelector("input");
let isByHand = rows.some((row) => input(row).value);

const total = () => marks.parse(form.dataset.amount ?? form.elements.amount?.value ?? "") ?? 0n;

function propose() {
  let left = total();
  for (const row of rows) {
    const open = marks.parse(row.dataset.open) ?? 0n;
    const part = left < open ? left : open;
    input(row).value = part > 0n ? marks.format(part) : "";
    left -= part > 0n ? part : 0n;
  }
  isByHand = false;
  show();
}

function show() {
  let applied = 0n;
  for (const row of rows) {
    const typed = input(row).value.trim();
    const part = typed ? marks.parse(typed) : 0n;
    const isTooMuch = part !== null && part > marks.parse(row.dataset.open);
    input(row).setAttribute("aria-invalid", String(part === null || isTooMuch));
    applied += part ?? 0n;
  }
  const rest = total() - applied;
  const cell = form.querySelector("[data-rest]");
  if (!cell) return;
  form.querySelector("[data-applied]").textContent = marks.format(applied);
  cell.textContent = marks.format(rest);
  cell.classList.toggle("neg", rest < 0n);
}

form.addEventListener("input", (event) => {
  if (event.target.closest("tr[data-open]")) isByHand = true;
  if (event.target.name === "amount" && !isByHand) propose();
  show();
});
form.addEventListener("change", (event) => {
  const units = event.target.matches(".num, [name=amount], [name=fees]") ? marks.parse(event.target.value) : null;
  if (units !== null && event.target.value) event.target.value = marks.format(units);
});
form.addEventListener("click", (event) => event.target.closest("[data-propose]") && propose());
form.addEventListener("account:taken", (event) => {
  if (!("chooseCustomer" in event.target.dataset)) return;
  const query = new URLSearchParams({ customer: event.detail.id });
  if (form.elements.amount.value) query.set("amount", form.elements.amount.value);
  form.dispatchEvent(new Event("submit")); // nothing typed is lost: no warning
  window.location.search = query;
});

if (!isByHand && total() > 0n) propose();
show();
if (!form.dataset.amount && form.querySelector("[data-rest], .bf-editor-bar")) form.elements.amount.focus();

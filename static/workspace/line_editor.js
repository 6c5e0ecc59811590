// The lines of an editor: rows are added as they are needed, copied, pasted and taken off, by keyboard alone if one
// likes. Journal entries and documents share it.
//
// <tbody data-lines data-begins="account" data-least="2">: the input that a line begins with, and the fewest rows.
// <tr data-line> is a row; <template id="line-template"> an empty one. <input data-money> is an amount that is written
// out when it is left; with data-money="above-zero" nothing instead of zero. [data-add-line] and [data-remove-line] are
// buttons. [data-number] counts the rows, [data-currency] names the currency, [data-refused] is what the server refused.
//
// What else an editor does is its `ways`, each optional but the first:
//   update()                 show what follows from what is typed
//   added(row, before)       a row was added below another one
//   copied(row, from)        a row was made of another one
//   typed(input, row)        something was typed or pasted; `row` is null above and below the lines
//   changed(input, row)      something was changed and left
//   taken(event, row)        something was taken from a list
//   missing(input, row)      `=` was pressed in an empty amount; put in what is missing there

import { enhanceAccountInputs } from "./account_picker.js";
import { enhanceDays } from "./days.js";
import { Notation } from "./numbers.js";

const CELLS = "td > input:not([type=hidden]), td > select, td > textarea"; // a row's cells from left to right

export class LineEditor {
  constructor(form, ways) {
    this.form = form;
    this.ways = ways;
    this.body = form.querySelector("[data-lines]");
    this.template = document.getElementById("line-template").content.firstElementChild;
    this.currency = form.elements.currency;
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("input", (event) => this.onInput(event.target));
    form.addEventListener("change", (event) => this.onChange(event.target));
    form.addEventListener("paste", (event) => this.onPaste(event));
    form.addEventListener("click", (event) => this.onClick(event));
    form.addEventListener("account:taken", (event) => this.onTaken(event));
  }

  start() {
    this.keepOneEmpty();
    this.number();
    this.update();
    const wrong = this.form.querySelector("[aria-invalid=true], .bf-invalid input");
    const first = wrong ?? this.form.querySelector("[data-first]") ?? this.beginning(this.rows[0]);
    // On a slow line somebody may be typing already.
    if (!this.form.contains(document.activeElement)) first.focus();
  }

  get rows() {
    return [...this.body.querySelectorAll("tr[data-line]")];
  }

  get decimals() {
    return Number(this.currency.selectedOptions[0]?.dataset.decimals ?? this.form.dataset.decimals);
  }

  cell(row, name) {
    return row.querySelector(`[name="${name}"]`);
  }

  beginning(row) {
    return this.cell(row, this.body.dataset.begins);
  }

  // How numbers are written, with so many decimals; those of the currency where nothing else is said.
  marks(decimals = this.decimals) {
    return new Notation(this.form.dataset.decimalMark, this.form.dataset.groupMark, decimals);
  }

  // What the page's template says in its reader's language: `data-text-split` is `say("Split")`, with figures filled in.
  say(name, figures = {}) {
    return this.form.dataset[`text${name}`].replace(/\{(\w+)\}/g, (place, key) => figures[key] ?? place);
  }

  mark(input, isWrong) {
    input.setAttribute("aria-invalid", String(isWrong || "refused" in input.dataset));
  }

  update() {
    for (const part of this.form.querySelectorAll("[data-currency]")) part.textContent = this.currency.value;
    this.ways.update();
  }

  number() {
    this.rows.forEach((row, index) => (row.querySelector("[data-number]").textContent = index + 1));
  }

  add(after = this.rows.at(-1)) {
    const row = this.template.cloneNode(true);
    if (after) after.after(row);
    else this.body.append(row);
    this.ways.added?.(row, after ?? null);
    enhanceAccountInputs(row);
    enhanceDays(row);
    this.number();
    return row;
  }

  // There is always an empty line to go on with.
  keepOneEmpty() {
    const last = this.rows.at(-1);
    const isEmpty = last && [...last.querySelectorAll("input[name]:not([type=hidden]), textarea[name]")].every((one) => !one.value);
    if (!isEmpty) this.add();
    while (this.rows.length < Number(this.body.dataset.least ?? 1)) this.add();
  }

  // The same line once more, below; it is a new one, so it says nothing of where the other one came from.
  copy(row) {
    const made = this.add(row);
    for (const from of row.querySelectorAll("input[name]:not([type=hidden]), select[name], textarea[name]")) {
      const to = this.cell(made, from.name);
      if (!from.matches("select")) to.value = from.value;
      else if (!choose(to, from.value)) to.append(from.selectedOptions[0].cloneNode(true));
    }
    this.ways.copied?.(made, row);
    this.update();
    this.beginning(made).focus();
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.keepOneEmpty();
    this.number();
    this.update();
    this.beginning(next?.isConnected ? next : this.rows[0]).focus();
  }

  // An amount that is left is written out: 12,5 becomes 12,50. What is no amount stays for its writer to mend.
  tidy(input) {
    const marks = this.marks();
    const units = "money" in input.dataset ? marks.parse(input.value) : null;
    if (units !== null) input.value = units || input.dataset.money !== "above-zero" ? marks.format(units) : "";
  }

  onKey(event) {
    const { key, target, shiftKey } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    const row = target.closest("tr[data-line]");
    const act = this.command(key, isCommand, row) ?? (isCommand ? null : this.move(key, target, shiftKey, row));
    if (!act) return;
    event.preventDefault();
    act();
  }

  // What a key does together with Ctrl, or Command on a Mac.
  command(key, isCommand, row) {
    if (!isCommand) return null;
    const save = this.form.querySelector("[value=save]");
    if (key === "Enter") return () => (this.form.querySelector("[data-main-action]") ?? save).click();
    if (key.toLowerCase() === "s") return () => save.click();
    if (row && key === "Backspace") return () => this.remove(row);
    if (row && key.toLowerCase() === "d") return () => this.copy(row);
    return null;
  }

  // Enter goes on to the next line, made where there is none, and with Shift back to the one before; outside of the
  // lines it does nothing, so that nobody posts by accident. Up and down stay in their column.
  move(key, target, isBack, row) {
    if (key === "Enter" && target.matches("input:not([type=file]), select, tr textarea")) {
      if (isBack && target.matches("textarea")) return null; // a new line in the text
      return () => row && this.go(row, isBack);
    }
    if (!row) return null;
    if (key === "=" && !target.value && "money" in target.dataset && this.ways.missing) {
      return () => {
        this.ways.missing(target, row);
        this.keepOneEmpty();
        this.update();
      };
    }
    const isPlain = target.matches("td > input[type=text]:not([role=combobox])");
    const other = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[key];
    return isPlain && other ? () => enter(this.cell(other, target.name)) : null;
  }

  go(row, isBack) {
    const next = isBack ? row.previousElementSibling : (row.nextElementSibling ?? this.add());
    if (next) this.beginning(next).focus();
  }

  onInput(input) {
    const row = input.closest("tr[data-line]");
    forgive(input);
    this.ways.typed?.(input, row);
    if (row && input.value && row === this.rows.at(-1)) this.add();
    this.update();
  }

  onChange(input) {
    this.tidy(input);
    this.ways.changed?.(input, input.closest("tr[data-line]"));
    this.update();
  }

  onTaken(event) {
    const row = event.target.closest("tr[data-line]");
    this.ways.taken?.(event, row);
    if (row) this.keepOneEmpty();
    this.update();
  }

  onClick(event) {
    const remove = event.target.closest("[data-remove-line]");
    if (remove) this.remove(remove.closest("tr[data-line]"));
    if (event.target.closest("[data-add-line]")) this.beginning(this.add()).focus();
  }

  // Cells that a spreadsheet copied go into the cells from this one on, to the right and downwards.
  onPaste(event) {
    const row = event.target.closest("tr[data-line]");
    const pasted = row ? cellsOf(event.clipboardData.getData("text/plain")) : [];
    const isTable = pasted.some((cells) => cells.length > 1) || (pasted.length > 1 && event.target.matches("input"));
    const column = row && isTable ? [...row.querySelectorAll(CELLS)].indexOf(event.target) : -1;
    if (column < 0) return;
    event.preventDefault();
    let into = row;
    for (const [index, cells] of pasted.entries()) {
      if (index) into = into.nextElementSibling ?? this.add();
      const inputs = [...into.querySelectorAll(CELLS)].slice(column);
      inputs.slice(0, cells.length).forEach((input, place) => this.put(input, cells[place].trim(), into));
    }
    this.keepOneEmpty();
    this.update();
    this.form.dispatchEvent(new Event("input")); // it is changed: leaving the page asks first
  }

  put(input, text, row) {
    if (input.matches("select")) choose(input, text);
    else {
      input.value = text;
      this.tidy(input);
    }
    forgive(input);
    if (input.value) this.ways.typed?.(input, row);
    this.ways.changed?.(input, row);
  }
}

// What the server refused is no longer there.
function forgive(input) {
  if (!("refused" in input.dataset)) return;
  delete input.dataset.refused;
  input.setAttribute("aria-invalid", "false");
}

function enter(input) {
  input.focus();
  input.select();
}

// Chooses the option of this value, whichever case it is written in, and says whether there is one. One that is not
// offered (of another day, say) is from now on: a browser does not send what is chosen and disabled.
function choose(select, value) {
  const option = [...select.options].find((one) => one.value.toLowerCase() === value.toLowerCase());
  if (!option) return false;
  option.hidden = option.disabled = false;
  option.selected = true;
  return true;
}

// A copied table: tabs between its cells, a row per line, quotes around a cell that has either in it.
function cellsOf(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r?\n|$)/g)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  while (rows.length > 1 && rows.at(-1).every((cell) => !cell)) rows.pop();
  return rows;
}

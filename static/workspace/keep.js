// What is typed into a form is kept in this browser until the form had its effect, so that an expired session, a switch
// to another company, a crash or the back button lose nothing: the form opens as it was typed, lines and all, and says
// so.
//
// <form data-warn-unsaved> is kept, per person, company and address. Never kept: passwords, codes, files, the frame's own
// fields, and whole forms with a password in them. The server names the forms that had their effect in a cookie. What is
// old is forgotten, and everything of a person who signs out. Without storage all of it does nothing.

const PREFIX = "backfill.typed";
const DAYS = 7; // as long as the server recognises a form that it has seen before
const PAUSE = 300; // milliseconds without a key
const DONE = "form_done";
const FRAME = new Set(["csrfmiddlewaretoken", "request_id", "page_company", "version", "accept_warnings"]);
const SECRET = /passw|secret|token|otp|\bpin\b/i;
const SECRET_KINDS = /one-time-code|password|cc-/;
const UNKEPT_TYPES = new Set(["file", "password", "submit", "button", "reset", "image"]);

// Storage that may be forbidden or full: then nothing is kept, and nothing fails.
function attempt(act) {
  try {
    return act(window.localStorage) ?? null;
  } catch {
    return null;
  }
}

function entries(prefix) {
  const keys = attempt((storage) => Object.keys(storage).filter((key) => key.startsWith(`${prefix} `))) ?? [];
  const read = (key) => attempt((storage) => ({ key, ...JSON.parse(storage.getItem(key)) })) ?? { key, at: 0 };
  return keys.map(read).sort((one, other) => other.at - one.at);
}

function forget(key) {
  attempt((storage) => storage.removeItem(key));
}

// Room for the newest: the oldest goes until it fits.
function write(key, entry) {
  const text = JSON.stringify(entry);
  for (const old of [null, ...entries(PREFIX).reverse()]) {
    if (old && old.key !== key) forget(old.key);
    if (attempt((storage) => storage.setItem(key, text) ?? true)) return;
  }
}

// This window, also after a reload or a crash.
function windowId() {
  try {
    const id = sessionStorage.getItem("backfill.window") ?? Math.random().toString(36).slice(2);
    sessionStorage.setItem("backfill.window", id);
    return id;
  } catch {
    return "window";
  }
}

function forgetEffects() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${DONE}=`));
  const done = new Set(cookie ? cookie.slice(DONE.length + 1).split(".") : []);
  const oldest = Date.now() - DAYS * 86_400_000;
  for (const entry of entries(PREFIX)) if (entry.at < oldest || done.has(entry.request)) forget(entry.key);
  if (cookie) document.cookie = `${DONE}=; Max-Age=0; Path=/admin/`;
}

const isTicked = (input) => input.matches("[type=checkbox], [type=radio]");
const isSecret = (input) => input.type === "password" || SECRET_KINDS.test(input.autocomplete ?? "");

function isKept(input) {
  if (!input.name || !input.matches("input, select, textarea")) return false;
  return !UNKEPT_TYPES.has(input.type) && !FRAME.has(input.name) && !SECRET.test(input.name) && !isSecret(input);
}

// What stands in an input, and what stood there when the page came.
function valueOf(input) {
  if (isTicked(input)) return [input.value, input.checked];
  return input.matches("select") ? [...input.selectedOptions].map((option) => option.value) : input.value;
}

function firstValueOf(input) {
  if (isTicked(input)) return [input.value, input.defaultChecked];
  if (!input.matches("select")) return input.defaultValue;
  const marked = [...input.options].filter((option) => option.defaultSelected);
  const usual = [...input.options].filter((option) => !option.disabled).slice(0, 1);
  return (input.multiple || marked.length ? marked : usual).map((option) => option.value);
}

const inputsOf = (row) => [...row.querySelectorAll("input, select, textarea")].filter(isKept);
const rowsOf = (form) => [...form.querySelectorAll("tr[data-line]")];

function contentOf(form, value) {
  const pairs = (inputs) => inputs.map((input) => [input.name, value(input)]);
  const above = [...form.elements].filter((input) => isKept(input) && !input.closest("tr[data-line]"));
  const isFilled = (row) => inputsOf(row).some((one) => one.matches("input:not([type=hidden]), textarea") && value(one));
  const rows = rowsOf(form);
  while (rows.length && !isFilled(rows.at(-1))) rows.pop();
  return { above: pairs(above), rows: rows.map((row) => ({ inputs: pairs(inputsOf(row)), itemTax: row.dataset.itemTax })) };
}

function fill(inputs, pairs) {
  const rest = [...inputs];
  for (const [name, value] of pairs) {
    const place = rest.findIndex((one) => one.name === name && (!isTicked(one) || one.value === value[0]));
    if (place >= 0) put(rest.splice(place, 1)[0], value);
  }
}

function put(input, value) {
  const isNew = JSON.stringify(valueOf(input)) !== JSON.stringify(value);
  if (isTicked(input)) input.checked = value[1];
  else if (input.matches("select")) choose(input, value);
  else input.value = value;
  const folded = isNew && input.type !== "hidden" ? input.closest("details") : null;
  if (folded) folded.open = true;
}

// An option that is gone, or of another day, is chosen all the same: the server says what is wrong with it.
function choose(select, values) {
  for (const value of values) {
    if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
  }
  for (const option of select.options) {
    option.selected = values.includes(option.value);
    if (option.selected) option.hidden = option.disabled = false;
  }
}

// Rows of the page that came from stored lines keep what the server knows of them; the others are made anew.
function fillRows(form, rows) {
  const body = form.querySelector("[data-lines]");
  if (!body) return;
  const known = new Map(rowsOf(form).map((row) => [row.querySelector("[name=origin]")?.value, row]));
  const template = document.getElementById("line-template").content.firstElementChild;
  const blank = rowsOf(form).filter((row) => !row.querySelector("[name=origin]")?.value).length;
  body.replaceChildren(
    ...rows.map(({ inputs, itemTax }) => {
      const origin = inputs.find(([name]) => name === "origin")?.[1];
      const row = (origin && known.get(origin)) || template.cloneNode(true);
      known.delete(origin);
      fill(inputsOf(row), inputs);
      if (itemTax) row.dataset.itemTax = itemTax;
      return row;
    }),
  );
  for (let missing = blank - rows.length; missing > 0; missing -= 1) body.append(template.cloneNode(true));
}

class KeptForm {
  constructor(form, place) {
    this.form = form;
    this.window = windowId();
    this.prefix = place;
    this.key = `${place} ${this.window}`;
    this.first = JSON.stringify(contentOf(form, firstValueOf));
    this.latest = this.first;
    this.at = 0;
    this.isSent = false;
    this.isOver = false;
    this.answersPost = "answersPost" in form.closest("[data-person]").dataset;
  }

  start() {
    if (this.answersPost) this.save(); // refused: the page shows what was typed, which is still without its effect
    else this.bringBack();
    const later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE);
    };
    for (const name of ["input", "change", "click", "keyup"]) this.form.addEventListener(name, later);
    window.addEventListener("load", () => this.settle(), { once: true });
    this.form.addEventListener("kept:grown", () => this.entry && fill([...this.form.elements].filter(isKept), this.entry.content.above));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    window.addEventListener("pagehide", () => this.save(false));
    window.addEventListener("pageshow", (event) => event.persisted && this.save());
  }

  // What the page's own scripts filled in is not typed by anybody.
  settle() {
    if (!this.at && !this.timer) this.first = this.latest = JSON.stringify(contentOf(this.form, valueOf));
  }

  onSubmit(event) {
    if (!event.isTrusted) this.end(); // its page goes on at another address, and takes along what it needs
    this.isSent = true;
    this.save();
  }

  // Nothing of this page is kept any more.
  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    forget(this.key);
  }

  save(isOpen = true) {
    clearTimeout(this.timer);
    if (this.isOver) return;
    const content = contentOf(this.form, valueOf);
    const text = JSON.stringify(content);
    if (text !== this.latest || !this.at) this.at = Date.now();
    this.latest = text;
    if (text === this.first && !this.answersPost) {
      forget(this.key);
      return;
    }
    const { request_id: request, version } = this.form.elements;
    const files = [...this.form.querySelectorAll("[type=file]")].some((input) => input.files.length);
    const facts = Object.fromEntries((this.form.dataset.keep ?? "").split(" ").map((name) => [name, this.form.dataset[name]]));
    const { at, isSent } = this;
    write(this.key, { at, isOpen, isSent, files, facts, content, request: request?.value, version: version?.value });
  }

  // What was typed last is put back. Where another window may still be at it, or the draft was changed since, it is
  // offered instead.
  bringBack() {
    const found = entries(this.prefix).filter((entry) => JSON.stringify(entry.content) !== this.first);
    if (!found.length || !found[0].content) return;
    const [entry] = found;
    const isElsewhere = entry.isOpen && entry.key !== this.key;
    if (isElsewhere) this.offer(entry, "elsewhere");
    else if ((entry.version ?? "") !== (this.form.elements.version?.value ?? "")) this.offer(entry, "changed");
    else this.restore(entry);
  }

  offer(entry, name) {
    const notice = this.notice(entry, name);
    notice.querySelector("[data-restore]").addEventListener("click", () => {
      this.end();
      write(this.key, { ...entry, key: undefined, isOpen: false, version: this.form.elements.version?.value });
      if (entry.key !== this.key) forget(entry.key);
      location.reload();
    });
  }

  restore(entry) {
    this.entry = entry;
    fillRows(this.form, entry.content.rows);
    fill([...this.form.elements].filter((input) => isKept(input) && !input.closest("tr[data-line]")), entry.content.above);
    for (const [name, value] of Object.entries(entry.facts ?? {})) if (name && value !== undefined) this.form.dataset[name] = value;
    // What had its effect without anybody hearing of it is recognised, and not done a second time.
    if (entry.isSent && this.form.elements.request_id) this.form.elements.request_id.value = entry.request;
    this.form.dataset.restored = "yes";
    this.at = entry.at;
    this.isSent = entry.isSent;
    this.latest = JSON.stringify(contentOf(this.form, valueOf));
    if (entry.key !== this.key) forget(entry.key);
    this.save();
    this.notice(entry, "restored");
  }

  notice(entry, name) {
    const notice = document.querySelector(`template[data-kept="${name}"]`).content.firstElementChild.cloneNode(true);
    const at = new Date(entry.at);
    const isToday = at.toDateString() === new Date().toDateString();
    const style = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    notice.querySelector("time").textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(at);
    notice.querySelector("[data-files]")?.toggleAttribute("hidden", !entry.files);
    notice.querySelector("[data-discard]").addEventListener("click", () => {
      this.end();
      forget(entry.key);
      this.form.dispatchEvent(new Event("submit")); // thrown away on purpose: leaving asks nothing
      location.reload();
    });
    this.form.prepend(notice);
    return notice;
  }
}

export function startKeeping() {
  forgetEffects();
  const { person, company } = document.querySelector("[data-person]")?.dataset ?? {};
  if (!person || !company) return;
  const kept = [...document.querySelectorAll("form[data-warn-unsaved]")]
    .filter((form) => ![...form.elements].some(isSecret))
    .map((form, index) => {
      const address = location.pathname + location.search;
      return new KeptForm(form, `${PREFIX} ${person} ${company} ${address} ${form.id || index}`);
    });
  for (const one of kept) one.start();
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "logout-form") return;
    for (const one of kept) one.end();
    for (const entry of entries(`${PREFIX} ${person}`)) forget(entry.key);
  });
}

// The account input: a text field that finds accounts by code or by words of their name.
//
// Arrow keys choose, Enter and Tab take, Escape closes. Whoever knows the code types it and tabs on: the list need not
// even have arrived, since the server understands a code as well.

const cache = new Map();

async function search(url, text) {
  const key = `${url}?q=${text}`;
  if (!cache.has(key)) {
    const answer = fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    cache.set(key, answer.then((response) => (response.ok ? response.json() : { results: [] })));
  }
  return (await cache.get(key)).results;
}

const labelOf = (account) => (account.code ? `${account.code} ${account.name}` : account.name);

class Picker {
  constructor(input) {
    this.input = input;
    this.url = input.dataset.accountSearch;
    this.results = [];
    this.current = -1;
    this.moved = null; // the account the arrows went to since the last character; a list that comes late keeps it
    this.list = document.createElement("ul");
    this.list.className = "bf-picker-list";
    this.list.id = `accounts-${Math.random().toString(36).slice(2)}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => {
      this.moved = null;
      this.refresh();
    });
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("click", () => this.list.hidden && this.refresh());
    input.addEventListener("blur", () => this.leave());
    // Taken on pressing, before the input loses the focus.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.take(Number(item.dataset.index));
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  async refresh() {
    const text = this.input.value.trim();
    const results = await search(this.url, text);
    if (document.activeElement !== this.input || this.input.value.trim() !== text) return;
    this.results = results;
    const kept = results.findIndex((account) => labelOf(account) === this.moved);
    this.current = kept < 0 && results.length && text ? 0 : kept;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.results.map((account, index) => this.item(account, index)));
    if (!this.results.length) {
      const nothing = document.createElement("li");
      nothing.className = "bf-nothing";
      nothing.textContent = this.input.dataset.nothing ?? document.querySelector("[data-text-no-account]").dataset.textNoAccount;
      this.list.append(nothing);
    }
    // Inside a dialog or not, the list must not be clipped by a table that scrolls.
    if (!this.list.isConnected) document.body.append(this.list);
    const box = this.input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom;
    const height = Math.min(320, Math.max(below, box.top) - 12);
    this.list.style.left = `${Math.min(box.left, window.innerWidth - Math.max(box.width, 320) - 8)}px`;
    this.list.style.minWidth = `${box.width}px`;
    this.list.style.maxHeight = `${height}px`;
    this.list.style.top = below >= 180 || below > box.top ? `${box.bottom + 2}px` : "";
    this.list.style.bottom = below >= 180 || below > box.top ? "" : `${window.innerHeight - box.top + 2}px`;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  item(account, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.dataset.index = index;
    item.setAttribute("role", "option");
    const code = document.createElement("strong");
    code.textContent = account.code;
    const name = document.createElement("span");
    name.textContent = account.name;
    const type = document.createElement("small");
    type.textContent = account.type;
    item.append(code, name, type);
    return item;
  }

  mark() {
    [...this.list.children].forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === this.current));
      if (index === this.current) item.scrollIntoView({ block: "nearest" });
    });
    const active = this.current >= 0 ? `${this.list.id}-${this.current}` : "";
    this.input.setAttribute("aria-activedescendant", active);
  }

  onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) {
        this.refresh();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.current = (this.current + step + this.results.length) % Math.max(this.results.length, 1);
      this.moved = this.results.length ? labelOf(this.results[this.current]) : null;
      this.mark();
    } else if (event.key === "Escape" && this.isOpen) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && this.isOpen && this.current >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.take(this.current);
    } else if (event.key === "Tab" && this.isOpen && this.current >= 0 && this.input.value.trim()) {
      this.take(this.current);
    }
  }

  take(index) {
    const account = this.results[index];
    if (!account) return;
    this.input.value = labelOf(account);
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.input.dispatchEvent(new CustomEvent("account:taken", { bubbles: true, detail: account }));
  }

  // Left with a code typed but nothing taken: show the name of the account that is meant.
  async leave() {
    this.close();
    const text = this.input.value.trim();
    if (!/^\S+$/.test(text)) return;
    const [first] = await search(this.url, text);
    if (first && first.code === text && this.input.value.trim() === text) this.input.value = labelOf(first);
  }

  close() {
    this.list.hidden = true;
    this.list.remove();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

export function enhanceAccountInputs(root) {
  for (const input of root.querySelectorAll("input[data-account-search]:not([role=combobox])")) new Picker(input);
}

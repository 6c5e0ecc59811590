// Keys that work when nobody is typing. <a data-shortcut="n"> is followed on its key, <a data-go="i"> on `g` and then its
// letter; `?` opens the list of all of them, which is the page's <dialog id="bf-shortcuts">.

const PATIENCE = 1500; // milliseconds between the two keys
let went = 0; // when `g` was pressed

const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const labelOf = (element) => (element.title || element.querySelector("span:not(.material-symbols-outlined)")?.textContent || element.textContent).trim();

// What this page's own buttons are pressed by.
function listOwn(dialog) {
  const place = dialog.querySelector("[data-page-shortcuts]");
  for (const old of dialog.querySelectorAll("[data-own]")) old.remove();
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    const row = document.createElement("div");
    row.dataset.own = "";
    const [key, words] = ["dt", "dd"].map((name) => row.appendChild(document.createElement(name)));
    key.appendChild(document.createElement("kbd")).textContent = element.dataset.shortcut;
    words.textContent = labelOf(element);
    place.before(row);
  }
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(target)) return;
  const dialog = document.getElementById("bf-shortcuts");
  if (key === "?" && dialog) {
    event.preventDefault();
    listOwn(dialog);
    if (!dialog.open) dialog.showModal();
    return;
  }
  const isSecond = Date.now() - went < PATIENCE;
  went = key === "g" && !isSecond ? Date.now() : 0;
  const name = isSecond ? "go" : "shortcut";
  const found = went ? null : document.querySelector(`[data-${name}="${CSS.escape(key)}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
}

export function startShortcuts() {
  document.addEventListener("keydown", onKey);
}

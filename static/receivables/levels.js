// The levels of reminders: one more, or one less. A removed level stays in the form, marked, so that the others keep
// their numbers.

const form = document.getElementById("levels-form");
const list = form.querySelector("[data-levels]");
const template = document.getElementById("level-template");
const total = form.elements["level-TOTAL_FORMS"];
const most = Number(form.elements["level-MAX_NUM_FORMS"].value);

const shown = () => [...list.querySelectorAll("[data-level]")].filter((level) => !level.hidden);

function renumber() {
  shown().forEach((level, index) => (level.querySelector("[data-number]").textContent = index + 1));
  form.querySelector("[data-add-level]").hidden = shown().length >= most;
}

function add() {
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
  total.value = Number(total.value) + 1;
  const level = holder.firstElementChild;
  list.append(level);
  renumber();
  level.querySelector("input:not([type=hidden])").focus();
}

// A form that is brought back as it was typed may have more levels than its page came with.
function grow() {
  const wanted = Number(total.value);
  total.value = list.querySelectorAll("[data-level]").length;
  while (Number(total.value) < wanted) add();
  form.dispatchEvent(new CustomEvent("kept:grown"));
  for (const level of list.querySelectorAll("[data-level]")) level.hidden = level.querySelector("[name$=-DELETE]").checked;
}

form.addEventListener("click", (event) => {
  if (event.target.closest("[data-add-level]")) add();
  const remove = event.target.closest("[data-remove-level]");
  if (!remove) return;
  const level = remove.closest("[data-level]");
  level.hidden = true;
  level.querySelector("[name$=-DELETE]").checked = true;
  renumber();
  form.dispatchEvent(new Event("input"));
});

if ("restored" in form.dataset) grow();
renumber();

// Days in inputs of text, <input data-day>: typed as 2911, 29.11, +3 or today and written out when the input is left, as
// the company writes days. What a text means the server says, so that it is read alike with and without this script. A
// button opens the browser's calendar; on a touch screen the input is the browser's own.

const main = document.querySelector("[data-day-order]");
const { dayOrder = "ymd", dayMark = "-" } = main?.dataset ?? {};
const LENGTHS = { d: 2, m: 2, y: 4 };

const pad = (number, length) => String(number).padStart(length, "0");

// The day in an input as programs write it, 2026-11-29; "" while none is written out there.
export function dayOf(input) {
  const text = input?.value.trim() ?? "";
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const found = text.match(/^(\d+)[./-](\d+)[./-](\d+)$/);
  if (!found) return "";
  const parts = Object.fromEntries([...dayOrder].map((part, index) => [part, found[index + 1]]));
  return parts.y.length === 4 ? `${parts.y}-${pad(parts.m, 2)}-${pad(parts.d, 2)}` : "";
}

// Writes a day, 2026-11-29, into an input.
export function putDay(input, day) {
  input.value = input.type === "date" || !day ? day : written(day);
}

function written(day) {
  const [y, m, d] = day.split("-");
  return [...dayOrder].map((part) => pad({ y, m, d }[part], LENGTHS[part])).join(dayMark);
}

function isWrong(input, message) {
  input.setAttribute("aria-invalid", String(Boolean(message)));
  input.title = message;
}

async function read(input) {
  const text = input.value.trim();
  const day = dayOf(input);
  if (!text || (day && !Number.isNaN(Date.parse(day)))) {
    if (day) putDay(input, day);
    isWrong(input, "");
    return;
  }
  const answer = await fetch(`${main.dataset.dayUrl}?${new URLSearchParams({ text })}`, { headers: { Accept: "application/json" } });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json") || input.value.trim() !== text) return;
  const found = await answer.json();
  isWrong(input, found.day ? "" : found.message);
  if (!found.day) return;
  putDay(input, found.day);
  input.dispatchEvent(new Event("change", { bubbles: true })); // whoever follows the day follows it now
}

function addCalendar(input) {
  const box = document.createElement("span");
  box.className = "bf-day";
  const picker = document.createElement("input");
  Object.assign(picker, { type: "date", tabIndex: -1, className: "bf-day-picker" });
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", tabIndex: -1, className: "bf-day-button", title: main.dataset.textCalendar });
  button.setAttribute("aria-label", main.dataset.textCalendar);
  button.innerHTML = '<span class="material-symbols-outlined" aria-hidden="true">calendar_today</span>';
  input.replaceWith(box);
  box.append(input, picker, button);
  button.addEventListener("click", () => {
    picker.value = dayOf(input);
    picker.showPicker();
  });
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    putDay(input, picker.value);
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    input.focus();
  });
}

export function enhanceDays(root) {
  const isTouched = window.matchMedia("(pointer: coarse)").matches;
  for (const input of root.querySelectorAll("input[data-day][type=text]")) {
    if (input.disabled || input.readOnly || input.closest(".bf-day")) continue;
    const day = dayOf(input);
    if (isTouched && (day || !input.value)) {
      input.type = "date";
      input.value = day;
    } else if (!isTouched) addCalendar(input);
  }
}

export function startDays() {
  if (!main) return;
  enhanceDays(document);
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-day][type=text]")) read(event.target);
  });
}

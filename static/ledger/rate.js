// The exchange rate of an editor: asked for in a foreign currency alone. Until one is typed, that of the day is shown.

import { dayOf } from "../workspace/days.js";

export function followRate(form, date) {
  if (!form.querySelector("[data-rate-note]")) return; // a template of invoices has no rate
  form.addEventListener("change", (event) => {
    if (["currency", "exchange_rate", date].includes(event.target.name)) showRate(form, date);
  });
  form.addEventListener("account:taken", () => showRate(form, date)); // a customer brings a currency along
  showRate(form, date);
}

async function showRate(form, date) {
  const note = form.querySelector("[data-rate-note]");
  const currency = form.elements.currency.value;
  const isForeign = currency !== form.dataset.baseCurrency;
  const isTyped = form.elements.exchange_rate.value.trim() !== "";
  for (const part of form.querySelectorAll("[data-foreign]")) part.hidden = !isForeign && !isTyped;
  note.textContent = "";
  if (!isForeign || isTyped) return;
  const query = new URLSearchParams({ currency, on: dayOf(form.elements[date]) });
  const response = await fetch(`${form.dataset.rateUrl}?${query}`);
  const answer = await response.json();
  if (currency !== form.elements.currency.value) return; // another one was chosen meanwhile
  const source = answer.source === "ECB" ? "ECB" : form.dataset.textOwnRate;
  note.textContent = response.ok ? `${answer.rate} (${source}, ${answer.day})` : answer.message;
  note.classList.toggle("bf-error", !response.ok);
}

// Where the keyboard is: a form begins in its first field, and the menu is one stop of the Tab key.

const FIELDS = "input:not([type=hidden]):not([readonly]):not([type=search]), select, textarea";

// A field that was refused comes first, then the one that [data-first] marks, then the first of the form. What stands
// in it is selected, so that typing replaces it. On a touch screen a keyboard would pop up: nothing is focused there.
function startFocus() {
  if (document.activeElement !== document.body || location.hash || window.matchMedia("(pointer: coarse)").matches) return;
  const form = document.querySelector(
    "#bf-main :is(form[method=post].bf-form, form.bf-editor:not(:has([data-lines])), form#levels-form)",
  );
  if (!form) return;
  const fields = [...form.querySelectorAll(FIELDS)].filter((field) => !field.disabled && field.offsetParent !== null);
  const isWrong = (field) => field.getAttribute("aria-invalid") === "true" || field.closest(".bf-invalid");
  const question = form.querySelector("[name=accept_warnings]:not([type=hidden])");
  const field = fields.find(isWrong) ?? question ?? fields.find((one) => "first" in one.dataset) ?? fields[0];
  field?.focus(); // never a button: Enter would take a step that nobody has read of
  if (field?.matches("input[type=text], input:not([type])")) field.select();
}

// The links of the menu: Tab comes to the page that is open, arrows, Home and End go on from there.
function startNavigation() {
  const links = [...document.querySelectorAll("#nav-sidebar ol a[href]")];
  if (!links.length) return;
  const open = links.find((link) => new URL(link.href).pathname === location.pathname) ?? links[0];
  const stop = (wanted) => links.forEach((link) => (link.tabIndex = link === wanted ? 0 : -1));
  stop(open);
  document.querySelector("#nav-sidebar").addEventListener("keydown", (event) => {
    const shown = links.filter((link) => link.offsetParent !== null);
    const at = shown.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const link = shown[Math.min(Math.max(to, 0), shown.length - 1)];
    stop(link);
    link.focus();
  });
}

startFocus();
startNavigation();

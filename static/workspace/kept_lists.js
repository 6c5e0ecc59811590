// From a list into a record and back: each tab knows what it asked of a list last, and which rows it showed.

const name = (path) => `list ${path}`;

function stored(path) {
  try {
    return JSON.parse(sessionStorage.getItem(name(path)));
  } catch {
    return null;
  }
}

// A list: what was asked for, the records it leads to, and the pages before and after.
function keepList(path) {
  const links = [...document.querySelectorAll(".bf-list tbody tr")].map((row) => {
    const link = row.querySelector("td:nth-child(2) a, td.bf-leads a");
    return link ? link.pathname : "";
  });
  const page = (rel) => document.querySelector(`.bf-pager [rel=${rel}]`)?.search ?? null;
  const kept = { search: location.search, links: links.filter(Boolean), prev: page("prev"), next: page("next") };
  sessionStorage.setItem(name(path), JSON.stringify(kept));
}

function neighbour(href, icon, words, key) {
  const link = document.createElement("a");
  Object.assign(link, { href, className: "bf-icon-button", title: `${words} (${key})` });
  link.dataset.shortcut = key;
  link.setAttribute("aria-label", words);
  const mark = Object.assign(document.createElement("span"), { className: "material-symbols-outlined", textContent: icon });
  mark.setAttribute("aria-hidden", "true");
  link.append(mark);
  return link;
}

// A record: the way back leads to the list as this tab asked for it, and to the records before and after.
function leadBack() {
  const crumbs = [...document.querySelectorAll(".bf-crumbs a")];
  for (const crumb of crumbs) {
    const kept = stored(crumb.pathname);
    if (kept && !crumb.hash) crumb.search = kept.search;
  }
  const list = crumbs.at(-1);
  const kept = list ? stored(list.pathname) : null;
  const here = kept ? kept.links.indexOf(location.pathname) : -1;
  if (here < 0) return;
  const { rowBefore, rowAfter } = document.querySelector(".bf-page").dataset;
  const to = (position, search) => kept.links[position] ?? (search === null ? null : list.pathname + search);
  const before = to(here - 1, kept.prev);
  const after = to(here + 1, kept.next);
  const nav = Object.assign(document.createElement("nav"), { className: "bf-neighbours" });
  nav.setAttribute("aria-label", list.textContent);
  if (before) nav.append(neighbour(before, "keyboard_arrow_up", rowBefore, "k"));
  if (after) nav.append(neighbour(after, "keyboard_arrow_down", rowAfter, "j"));
  document.querySelector(".bf-heading").append(nav);
}

export function startLists() {
  const list = document.querySelector("form[data-list]");
  if (list) keepList(list.dataset.list);
  else leadBack();
}

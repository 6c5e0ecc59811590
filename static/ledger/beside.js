// Beside a record: files by drag and drop, the file in the frame, and members to name after an @. Without this script the
// same forms work by button.

// --- Files ---------------------------------------------------------------------------------------------------------

// <form data-drop> sends each file by itself, and tells of each how far it is and what became of it, at the place itself.
// The whole record takes what is dropped on it.
const dropForm = () => document.querySelector("form[data-drop]");

function startChoosing(form) {
  const input = form.querySelector("input[type=file]");
  form.classList.add("bf-scripted");
  input.addEventListener("change", () => {
    send(form, [...input.files]);
    input.value = "";
  });
}

function startDropping(record) {
  let depth = 0;
  const holdsFiles = (event) => Boolean(dropForm()) && event.dataTransfer?.types.includes("Files");
  const count = (now) => {
    depth = Math.max(0, now);
    dropForm()?.classList.toggle("bf-dropping", depth > 0);
  };
  record.addEventListener("dragenter", (event) => holdsFiles(event) && count(depth + 1));
  record.addEventListener("dragleave", (event) => holdsFiles(event) && count(depth - 1));
  record.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  record.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    count(0);
    send(dropForm(), [...event.dataTransfer.files]);
  });
}

const onTheWay = new Set();

async function send(form, files) {
  let kept = 0;
  for (const file of files) {
    const key = [file.name, file.size, file.lastModified].join("/");
    if (onTheWay.has(key)) continue; // dropped twice
    onTheWay.add(key);
    kept += (await sendOne(form, file)) ? 1 : 0;
    onTheWay.delete(key);
  }
  if (kept) await refresh(["beside-files", "trail"]);
}

function told(form, file) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  words.textContent = `${file.name}: ${form.dataset.textSending}`;
  line.append(words, progress);
  form.querySelector("[data-drop-told]").append(line);
  return {
    progress: (part) => (progress.value = part),
    end: (message, isRefused) => {
      progress.remove();
      words.textContent = `${file.name}: ${message}`;
      line.classList.toggle("bf-refused", isRefused);
      if (isRefused) words.setAttribute("role", "alert");
    },
  };
}

function sendOne(form, file) {
  const line = told(form, file);
  const refused = file.size === 0 ? form.dataset.textEmpty : file.size > Number(form.dataset.largest) ? form.dataset.textLarge : "";
  if (refused) {
    line.end(refused, true);
    return Promise.resolve(false);
  }
  const content = new FormData(form);
  content.set("request_id", crypto.randomUUID?.() ?? form.elements.request_id.value);
  content.delete("file");
  content.append("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Backfill-Script", "drop");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && line.progress(event.loaded / event.total));
    request.addEventListener("loadend", () => {
      const answer = parsed(request.responseText);
      const isKept = request.status === 200 && Boolean(answer.file);
      const tooLarge = request.status === 413 ? form.dataset.textLarge : "";
      line.end(isKept ? form.dataset.textDone : answer.message || tooLarge || form.dataset.textFailed, !isKept);
      resolve(isKept);
    });
    request.send(content);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// What was refused stays in sight when the parts of the page are read anew.
async function refresh(ids) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const lines = [...document.querySelectorAll("[data-drop-told] > li")];
  for (const id of ids) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(fresh);
  }
  const form = dropForm();
  if (!form) return;
  form.querySelector("[data-drop-told]").append(...lines);
  startChoosing(form);
}

// The file that is chosen shows in the frame, and the list says which one it is.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-file]");
  if (!link) return;
  for (const other of document.querySelectorAll("a[data-file]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

// --- Members -------------------------------------------------------------------------------------------------------

// <form data-mention="ADDRESS"> offers members while a word after an @ is typed: arrows choose, Enter or Tab takes one.
function startNaming(form) {
  const text = form.querySelector("textarea");
  const list = document.createElement("ul");
  list.className = "bf-members";
  list.id = "beside-members";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.textMembers);
  list.hidden = true;
  text.after(list);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  let members = null;
  let shown = [];
  let chosen = 0;

  const typed = () => {
    const match = text.value.slice(0, text.selectionStart).match(/(?:^|[^\w@.])@([^@\n]{0,40})$/);
    return match ? match[1] : null;
  };
  const close = () => {
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const mark = () => {
    [...list.children].forEach((one, position) => one.setAttribute("aria-selected", String(position === chosen)));
    const marked = list.children[chosen];
    if (!marked) return;
    text.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  };
  const take = (position) => {
    const word = typed();
    if (word === null || !shown[position]) return;
    const at = text.selectionStart;
    const before = `${text.value.slice(0, at - word.length)}${shown[position].way} `;
    text.value = before + text.value.slice(at);
    text.setSelectionRange(before.length, before.length);
    text.focus();
    close();
  };
  const offer = async () => {
    const word = typed();
    if (word === null) return close();
    members ??= fetch(form.dataset.mention).then((answer) => (answer.ok ? answer.json() : { members: [] }));
    const all = (await members).members;
    const wanted = word.toLowerCase();
    const fits = (one) => one.name.toLowerCase().startsWith(wanted) || one.email.startsWith(wanted) || one.name.toLowerCase().includes(` ${wanted}`);
    shown = typed() === null ? [] : all.filter(fits).slice(0, 8);
    if (!shown.length) return close();
    chosen = 0;
    list.replaceChildren(
      ...shown.map((one, position) => {
        const line = document.createElement("li");
        line.id = `beside-member-${position}`;
        line.setAttribute("role", "option");
        const address = document.createElement("small");
        address.textContent = one.email;
        line.append(one.name, address);
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(position);
        });
        return line;
      }),
    );
    list.hidden = false;
    mark();
  };

  text.addEventListener("input", offer);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      form.requestSubmit();
      return;
    }
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + shown.length) % shown.length;
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    mark();
  });
}

const record = document.querySelector(".bf-with-beside");
if (record) startDropping(record);
if (dropForm()) startChoosing(dropForm());
for (const form of document.querySelectorAll("form[data-mention]")) startNaming(form);

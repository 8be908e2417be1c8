// Everything works without this file. It follows conditions while a page is filled, says what is wrong and keeps the draft, keeps
// a form from being sent twice, asks before what can't be undone, and puts the focus on the list of errors.

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) return event.preventDefault();
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

const fill = (select, choices) => {
  const kept = select.value;
  select.replaceChildren(select.options[0], ...choices.map((choice) => {
    const option = new Option(choice.text, choice.id, false, choice.id === kept);
    option.disabled = Boolean(choice.disabled);
    return option;
  }));
};

// Nothing moves under a finger: a button that slips away between press and release is not pressed.
let pressed = false;
document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false), true);
const released = async () => {
  while (pressed) await new Promise((next) => window.setTimeout(next, 30));
};

// A mistake is said once its control is left, and goes as soon as it is mended.
const tell = (box, message) => {
  const control = box.querySelector("input:not([type=hidden]),textarea,select");
  if (!control || box.matches(".block") || box.querySelector("[type=file],[type=password]")) return;
  let said = box.querySelector(":scope > p.error");
  if (!message || !box.dataset.left) {
    if (message || !said || !box.querySelector("[data-typed]")) return; // the server's word stays until the answer changes
    said.remove();
    box.classList.remove("in-error");
    control.removeAttribute("aria-invalid");
    return;
  }
  if (!said) {
    said = document.createElement("p");
    said.className = "error";
    said.id = `${control.id}-erreur`;
    (box.querySelector(":scope>.choices,:scope>.date,:scope>.map,:scope>.combo,:scope>[data-search]") ?? control).before(said);
    box.classList.add("in-error");
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
  }
  if (!said.textContent.endsWith(message)) said.textContent = message;
};

const show = (form, fields) => {
  for (const [id, state] of Object.entries(fields)) {
    const box = form.querySelector(`[data-field="${CSS.escape(id)}"]`);
    if (!box) continue;
    box.hidden = !state.visible;
    const marker = box.querySelector(":scope>[data-marker]");
    if (marker) marker.disabled = !state.visible;
    if (state.html !== undefined) box.innerHTML = state.html;
    const notice = box.querySelector("[data-notice]");
    if (notice && !box.contains(document.activeElement)) notice.textContent = state.notice ?? "";
    const select = box.querySelector("select");
    if (select && state.choices) fill(select, state.choices);
    const input = box.querySelector("input[type=text],input[type=email],input[type=tel]");
    if (input && state.value && !input.dataset.typed) input.value = state.value;
    tell(box, state.error);
  }
};

// Rows of a block: the server adds them and takes them away, and gives the block anew; the rest of the page stays.
document.addEventListener("submit", async (event) => {
  const button = event.submitter, form = event.target;
  if (button?.name !== "rangs") return;
  event.preventDefault();
  event.stopPropagation();
  const data = new FormData(form), box = button.closest(".block");
  data.append(button.name, button.value);
  form.dataset.renewing = "yes"; // what would be kept meanwhile knows nothing of the row
  form.dispatchEvent(new Event("renewing"));
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data }); // form.action may be a button of that name
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById(box.id);
    box.replaceWith(fresh);
    const { revision } = page.querySelector("form[data-revision]")?.dataset ?? {};
    if (revision) form.dataset.revision = revision;
    fresh.dispatchEvent(new Event("renewed", { bubbles: true }));
    ((button.value.endsWith("-ajouter") && document.getElementById(`${fresh.id}-dernier`)) || fresh).focus();
  } catch { // the page as a whole, as without this file
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
    form.submit();
  }
  delete form.dataset.renewing;
}, true);

for (const form of document.querySelectorAll("form[data-live]")) {
  let timer, under, fields = {};
  const isDraft = "revision" in form.dataset; // else nothing is kept before it is sent
  let due = false; // something was typed that no question took yet
  const kept = form.querySelector("[data-kept]"), lost = form.querySelector("[data-lost]");
  const copy = `saisie ${form.action}`; // what this tab typed and the server does not have yet

  // Of a file only the name goes: conditions ask whether there is one, not what is in it.
  const typed = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (!(value instanceof File)) continue;
      data.delete(name);
      if (value.name) data.set(`${name}-nom`, value.name);
    }
    for (const input of form.querySelectorAll("[type=password]")) data.delete(input.name); // goes when the page is sent, not before
    for (const input of form.querySelectorAll("[data-prefilled]")) if (!input.dataset.typed) data.delete(input.name);
    data.set("revision", form.dataset.revision);
    return data;
  };
  const remember = () => {
    if (!isDraft) return;
    const secret = [...form.querySelectorAll("[type=password],[type=hidden]")].map((control) => control.name);
    const values = [...typed()].filter(([name]) => !secret.includes(name));
    try { sessionStorage.setItem(copy, JSON.stringify({ revision: form.dataset.revision, values })); } catch { /* full, or refused */ }
  };
  const forget = () => sessionStorage.removeItem(copy);
  const restore = () => {
    const found = JSON.parse(sessionStorage.getItem(copy) ?? "null");
    if (!found) return false;
    forget();
    if (found.revision !== form.dataset.revision) return false; // the server knows better
    for (const control of form.querySelectorAll("input:not([type=hidden],[type=file],[type=password]),select,textarea")) {
      const given = found.values.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") control.checked = given.includes(control.value);
      else if (given.length) control.value = given[0];
    }
    return true;
  };

  const ask = async (again = true) => {
    if (form.dataset.renewing) return soon(200);
    due = false;
    under?.abort();
    const mine = under = new AbortController();
    if (kept) kept.textContent = kept.dataset.keeping;
    try {
      const answer = await fetch(form.dataset.live, { method: "POST", body: typed(), signal: mine.signal, keepalive: document.hidden });
      delete form.dataset.lost;
      if (!answer.ok) throw new Error(answer.status);
      const look = await answer.json();
      await released();
      if (mine !== under) return;
      show(form, fields = look.fields);
      if (isDraft) form.dataset.revision = look.revision;
      if (look.kept) {
        if (due) remember();
        else forget();
        if (kept) kept.textContent = kept.dataset.kept.replace("{heure}", look.kept);
        if (lost) lost.textContent = "";
      } else if (again) return ask(false); // another tab was faster: once more, on what it left
    } catch (error) {
      if (mine !== under) return;
      if (error instanceof TypeError) { // no answer at all
        form.dataset.lost = "yes";
        timer = window.setTimeout(ask, 8000);
      }
      if (kept) kept.textContent = "";
      if (lost) lost.textContent = lost.dataset.lost; // the server looks again when the page is sent
    }
    if (mine === under && !due) delete form.dataset.asking;
  };
  const soon = (wait) => {
    window.clearTimeout(timer);
    due = true;
    form.dataset.asking = "yes"; // until what is on the screen follows from what was typed, and is kept
    timer = window.setTimeout(ask, wait);
  };
  form.addEventListener("input", (event) => {
    event.target.dataset.typed = "yes";
    remember();
    soon(event.target.matches("input[type=text],input[type=email],input[type=tel],textarea") ? 400 : 50);
  });
  form.addEventListener("renewing", () => {
    window.clearTimeout(timer);
    under?.abort();
    under = null;
    due = false;
    delete form.dataset.asking;
  });
  form.addEventListener("focusout", async (event) => {
    const box = event.target.closest("[data-field]");
    if (!box || !event.target.dataset.typed || box.contains(event.relatedTarget)) return;
    box.dataset.left = "yes";
    await new Promise((next) => window.setTimeout(next));
    await released();
    const state = fields[box.dataset.field];
    if (state) show(form, { [box.dataset.field]: state });
  });
  // A page that is sent without a connection is lost for most browsers: it stays here until there is one again.
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (!form.dataset.lost || navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    delete form.dataset.sent;
  });
  window.addEventListener("online", () => form.dataset.lost && ask());
  document.addEventListener("visibilitychange", () => document.hidden && form.dataset.asking && !form.dataset.sent && ask());
  if (restore()) soon(0);
}

// A list whose lines are ticked: all of them at once.
for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.getElementsByName(all.dataset.all)) box.checked = all.checked;
  });
}

// How far something is that goes on by itself, until it is done.
const follow = async () => {
  if (!document.querySelector("[data-under-way]")) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (now) document.querySelector("[data-progress]").replaceWith(now);
  } catch { /* no answer now: the link is there */ }
  window.setTimeout(follow, 2000);
};
window.setTimeout(follow, 1000);

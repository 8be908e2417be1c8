// Everything works without this file. It follows conditions while a page is filled, keeps a form from being sent twice, asks
// before what can't be undone, and puts the focus on the list of errors.

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
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(box.id);
    box.replaceWith(fresh);
    ((button.value.endsWith("-ajouter") && document.getElementById(`${fresh.id}-dernier`)) || fresh).focus();
  } catch { // the page as a whole, as without this file
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
    form.submit();
  }
}, true);

for (const form of document.querySelectorAll("form[data-live]")) {
  let timer, under;
  const ask = async () => {
    under?.abort();
    const mine = under = new AbortController();
    const data = new FormData(form);
    // Of a file only the name goes: conditions ask whether there is one, not what is in it.
    for (const [name, value] of [...data]) {
      if (!(value instanceof File)) continue;
      data.delete(name);
      if (value.name) data.set(`${name}-nom`, value.name);
    }
    for (const input of form.querySelectorAll("[data-prefilled]")) if (!input.dataset.typed) data.delete(input.name);
    try {
      const answer = await fetch(form.dataset.live, { method: "POST", body: data, signal: mine.signal });
      if (answer.ok) show(form, (await answer.json()).fields);
    } catch { /* offline: the server looks again when the page is sent */ }
    if (mine === under) delete form.dataset.asking;
  };
  form.addEventListener("change", (event) => event.target.type === "email" && ask());
  form.addEventListener("input", (event) => {
    event.target.dataset.typed = "yes";
    window.clearTimeout(timer);
    form.dataset.asking = "yes"; // until what is on the screen follows from what was typed
    timer = window.setTimeout(ask, event.target.type === "text" ? 400 : 50);
  });
}

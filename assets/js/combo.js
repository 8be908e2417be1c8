// Makes a combobox (WAI-ARIA 1.2, with a popup of choices) of each text control that names, in data-ask, the address to ask while
// one types. It is sent the form, with the control's id as « champ », and answers {"choices": [{"id", "text"}], "status": "…"}.
// data-choose names the control whose value is the choice's id: a radio button, or with data-several boxes, beside the text;
// without it the text itself is what is chosen. Each choice is told by an event « chosen ». Without this file a button searches.

const ask = async (input, signal) => {
  const body = new FormData(input.form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set("champ", input.id);
  const answer = await fetch(input.dataset.ask, { method: "POST", body, signal });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const make = (tag, attributes, text = "") => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
};
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

const enhance = (input) => {
  const { choose } = input.dataset, several = "several" in input.dataset, place = input.closest(".combo") ?? input.parentElement;
  const list = make("ul", { role: "listbox", id: `${input.id}-propositions`, "aria-label": "Propositions", hidden: "" });
  const kept = place.querySelector(":scope > .choices");
  let status = document.getElementById(`${input.id}-trouve`), choices = [], at = -1, under, timer, chosen = input.value;
  if (!status) input.after((status = make("p", { class: "hint found", role: "status" })));
  input.removeAttribute("list");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
  place.classList.add("asks");
  (input.closest(".ask") ?? input).after(list);
  for (const control of several ? place.querySelectorAll(".choice input:not(:checked)") : []) control.parentElement.remove();
  if (kept && !several) kept.hidden = true; // the text says which one is chosen
  place.querySelector("button[name=chercher]")?.remove();

  const point = (index) => {
    at = index;
    for (const [i, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(i === at));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) point(-1);
  };
  const tell = (node) => node.dispatchEvent(new Event("input", { bubbles: true }));
  const hint = (text) => place.append(Object.assign(make("input", { type: "hidden", name: `${choose}-pour` }), { value: text }));
  const keep = (choice) => {
    let control = [...kept.querySelectorAll("input")].find((one) => one.value === choice.id);
    if (!control) {
      const id = `${input.id}-c${kept.children.length}`, box = make("div", { class: "choice" });
      control = Object.assign(make("input", { type: several ? "checkbox" : "radio", id, name: choose }), { value: choice.id });
      box.append(control, make("label", { for: id }, choice.text));
      kept.append(box);
    }
    control.checked = true;
    hint(choice.text);
    return control;
  };
  const take = (choice) => {
    window.clearTimeout(timer);
    under?.abort();
    open(false);
    choices = [];
    chosen = input.value = several ? "" : choice.text;
    status.textContent = several ? `${choice.text} : ajouté.` : "";
    tell(choose ? keep(choice) : input);
    input.dispatchEvent(new CustomEvent("chosen", { detail: choice, bubbles: true }));
  };
  const show = (answer) => {
    choices = answer.choices;
    list.replaceChildren(...choices.map((choice, i) => make("li", { role: "option", id: `${list.id}-${i}`, "aria-selected": "false" }, choice.text)));
    at = -1;
    status.textContent = answer.status;
    if (answer.trouble && choose) hint(input.value); // one may go on without
    open(choices.length > 0 && document.activeElement === input);
  };
  const search = async () => {
    under?.abort();
    const mine = under = new AbortController();
    try {
      const answer = await ask(input, mine.signal);
      if (mine === under) show(answer);
    } catch {
      if (mine === under && !mine.signal.aborted) open(false);
    }
  };
  const soon = (wait) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(search, wait);
  };

  input.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    if (choose && !several && input.value !== chosen) {
      for (const control of kept.querySelectorAll("input")) control.checked = false;
      chosen = "";
    }
    if (input.value || choose) return soon(200);
    open(false);
  });
  input.addEventListener("click", () => list.hidden && choose && soon(0));
  input.addEventListener("keydown", (event) => {
    const { key } = event, last = choices.length - 1;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return choices.length ? open(true) : soon(0);
      point(key === "ArrowDown" ? (at < last ? at + 1 : 0) : at > 0 ? at - 1 : last);
    } else if (key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if (key === "Enter" && (!list.hidden || choose)) {
      event.preventDefault();
      if (at >= 0) take(choices[at]);
    }
  });
  // Who leaves a text that is that of a choice meant it.
  input.addEventListener("blur", () => {
    const meant = choose && input.value && input.value !== chosen ? choices.filter((choice) => plain(choice.text) === plain(input.value)) : [];
    open(false);
    if (meant.length === 1) take(meant[0]);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the control keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(choices[[...list.children].indexOf(option)]);
  });
};

const enhanceAll = (root) => {
  for (const input of root.querySelectorAll("[data-ask]:not([role=combobox])")) enhance(input);
};
enhanceAll(document);
document.addEventListener("renewed", (event) => enhanceAll(event.target));

// A file goes as soon as it is chosen: one sees it go, may stop it, and is told at once where it is refused. The page that is sent
// meanwhile waits for it. Without this file it goes with its page.

const named = (text, file) => text.replace("{nom}", file);

const ask = (form, data, tell) => {
  const request = new XMLHttpRequest(); // fetch does not say how much has gone
  const answer = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => tell((100 * loaded) / total));
    request.addEventListener("load", () => resolve(request.responseText));
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => reject(new Error(end)));
  });
  request.open("POST", form.getAttribute("action"));
  request.send(data);
  return { answer, stop: () => request.abort() };
};

// What the page holds, with the files of this control alone: each control sends its own.
const dataOf = (form, input) => {
  const data = new FormData(form);
  for (const other of form.querySelectorAll("[type=file]")) if (other !== input) data.delete(other.name);
  data.append("joindre", input.name);
  return data;
};

const renew = (form, input, text) => {
  const page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById(input.id);
  if (!fresh) throw new Error("no such page");
  const box = input.closest("[data-field]"), renewed = fresh.closest("[data-field]"), had = box.contains(document.activeElement);
  box.replaceWith(renewed);
  const { revision } = page.querySelector("form[data-revision]")?.dataset ?? {};
  if (revision) form.dataset.revision = revision;
  renewed.dispatchEvent(new Event("renewed", { bubbles: true }));
  if (had) fresh.focus();
  return renewed;
};

const send = async (form, input) => {
  const box = input.closest("[data-field]"), panel = box.querySelector(".sending"), [progress, button] = panel.querySelectorAll("progress,button");
  const name = [...input.files].map((file) => file.name).join(", "), label = panel.querySelector("label"), said = box.querySelector("[data-sent]");
  const text = label.textContent;
  label.textContent = named(text, name);
  panel.hidden = false;
  const { answer, stop } = ask(form, dataOf(form, input), (percent) => (progress.value = percent));
  let isStopped = false;
  button.addEventListener("click", () => {
    isStopped = true;
    input.value = "";
    stop();
  }, { once: true });
  try {
    const renewed = renew(form, input, await answer);
    if (!renewed.querySelector("p.error")) renewed.querySelector("[data-sent]").textContent = named(said.dataset.sent, name);
  } catch {
    if (isStopped) input.focus();
    said.textContent = isStopped ? said.dataset.stopped : said.dataset.failed;
  }
  label.textContent = text;
  panel.hidden = true;
};

// One after the other: each answer is the page as it is after the one before.
const waiting = [];
const sendAll = async (form) => {
  form.dataset.renewing = "yes"; // what would be kept meanwhile knows nothing of the file
  form.dispatchEvent(new Event("renewing"));
  while (waiting.length) {
    const input = waiting[0];
    if (input.isConnected && input.files.length) await send(form, input);
    waiting.shift();
  }
  delete form.dataset.renewing;
  form.querySelector("[type=file]").dispatchEvent(new Event("input", { bubbles: true })); // what depends on the file follows
};

let submitter = null;
document.addEventListener("change", async ({ target }) => {
  const form = target.form;
  if (target.type !== "file" || !form || !("revision" in form.dataset) || !target.files.length) return; // a draft alone keeps it
  if (waiting.push(target) > 1) return;
  await sendAll(form);
  if (submitter) form.requestSubmit(submitter);
  submitter = null;
});

document.addEventListener("submit", (event) => {
  if (!waiting.length) return;
  event.preventDefault();
  event.stopPropagation();
  submitter = event.submitter;
}, true);

// Puts an editor over a text area that may hold bold, lists and links. What it makes is cleaned by the server; without this file
// the text area takes plain text, and keeps the form of what is not changed.

const tools = [["Gras", "bold"], ["Italique", "italic"], ["Souligné", "underline"], ["Liste", "insertUnorderedList"], ["Liste numérotée", "insertOrderedList"]];
const more = [["Titre", "formatBlock", "h3"], ["Citation", "formatBlock", "blockquote"], ["Paragraphe", "formatBlock", "p"]];

for (const editor of document.querySelectorAll("[data-rich]")) {
  const field = editor.closest("[data-field]"), area = document.getElementById(editor.dataset.for);
  const kept = field.querySelector(`[name="${editor.dataset.for}-html"]`), bar = document.createElement("div");
  const label = field.querySelector("label");
  const write = () => {
    kept.value = editor.innerHTML;
    kept.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const add = (text, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.addEventListener("click", () => {
      editor.focus();
      act();
      write();
    });
    bar.append(button);
  };
  bar.className = "tools";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Mise en forme");
  for (const [text, ...command] of [...tools, ...(editor.dataset.rich === "rich" ? more : [])]) add(text, () => document.execCommand(command[0], false, command[1]));
  add("Lien", () => {
    const address = window.prompt("Adresse du lien", "https://");
    if (address) document.execCommand("createLink", false, address);
  });
  label.id ||= `${area.id}-label`;
  editor.className = "editor";
  for (const [name, value] of [["contenteditable", "true"], ["role", "textbox"], ["aria-multiline", "true"], ["aria-labelledby", label.id]]) editor.setAttribute(name, value);
  const described = area.getAttribute("aria-describedby");
  if (described) editor.setAttribute("aria-describedby", described);
  label.addEventListener("click", (event) => {
    event.preventDefault();
    editor.focus();
  });
  editor.addEventListener("input", (event) => {
    event.stopPropagation();
    write();
  });
  area.remove(); // the HTML is sent in its place
  editor.id = editor.dataset.for;
  editor.hidden = false;
  editor.before(bar);
}

// Addresses of a page that is being filled: the position of the device, asked where a button is pressed, or the point of a map
// becomes an address, and fills what follows it; an address that was found fills its boxes. The browser asks our server alone.

const post = async (form, path, values) => {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams({ jeton: form.elements.jeton.value, ...values }) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));
const boxNamed = (box, end) => box.querySelector(`[name$="-${end}"]`);

// What the person typed stays; what a place filled follows the place.
const follows = (box, isEmpty) => isEmpty || "located" in box.dataset;
document.addEventListener("input", (event) => event.isTrusted && delete event.target.closest("[data-field]")?.dataset.located);

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** Of choices {value, text}: the one of that value or text; « Lyon » for « Lyon 3e Arrondissement ». */
const chosen = (choices, wanted) =>
  choices.find((one) => one.value === wanted || folded(one.text) === folded(wanted)) ??
  choices.find((one) => one.value && one.text && folded(wanted).startsWith(`${folded(one.text)} `));

const fillPart = (box, value) => {
  const radios = [...box.querySelectorAll("input[type=radio]")], control = box.querySelector("select,textarea,input:not([type=hidden])");
  if (!control || control.readOnly || !follows(box, radios.length ? !radios.some((one) => one.checked) : !control.value)) return;
  if (radios.length || control.matches("select")) {
    const choices = radios.length ? radios.map((one) => ({ one, value: one.value, text: one.labels[0].textContent }))
      : [...control.options].filter((one) => one.value && !one.disabled);
    const found = value && chosen(choices, value);
    if (!found) return;
    if (radios.length) found.one.checked = true;
    else control.value = found.value;
  } else if (control.value !== value) control.value = value;
  else return;
  box.dataset.located = "yes";
  changed(control);
};

/** The boxes of an address, and what was found, for the server. */
const fillAddress = (box, address) => {
  const street = boxNamed(box, "voie"), search = boxNamed(box, "recherche");
  if (street) street.value = [address.number, address.street].filter(Boolean).join(" ");
  boxNamed(box, "code-postal").value = address.postcode ?? "";
  boxNamed(box, "commune").value = address.city ?? "";
  boxNamed(box, "trouvee").value = JSON.stringify(address);
  search.value = address.label;
  if (search.dataset.ask) box.querySelector("details").open = !address.city || Boolean(street && !address.street);
  changed(search);
};

const fillFrom = (form, address) => {
  const line = [address.number, address.street].filter(Boolean).join(" ");
  const parts = { house: address.number, road: address.street, "number-and-street": line, "number-and-road": line,
    postcode: address.postcode, city: address.city, country: address.country, "address-id": address.id };
  for (const box of form.querySelectorAll("[data-geolocation]")) {
    if (box.dataset.geolocation !== "address") fillPart(box, parts[box.dataset.geolocation] ?? "");
    else if (boxNamed(box, "recherche") && follows(box, !boxNamed(box, "commune").value)) {
      fillAddress(box, address);
      box.dataset.located = "yes";
    }
  }
};

const states = new WeakMap();
const say = (form, text) => {
  const state = states.get(form);
  if (state) state.textContent = text;
};

let under;
const locate = async (form, { lat, lng }, map) => {
  const mine = under = {}, name = map && boxNamed(map, "adresse");
  try {
    const { choices: [found], status, trouble } = await post(form, "/adresses/position/", { position: `${lat.toFixed(6)};${lng.toFixed(6)}` });
    if (mine !== under) return; // the point has moved on
    say(form, found ? "L’adresse de ce lieu est remplie. Vérifiez-la." : trouble ? status : "Aucune adresse n’est connue à cet endroit. Saisissez-la vous-même.");
    if (!found) return;
    if (name && follows(map, !name.value)) {
      name.value = found.address.label;
      map.dataset.located = "yes";
      changed(name);
    }
    fillFrom(form, found.address);
  } catch {
    say(form, "L’adresse de ce lieu n’a pas pu être cherchée. Saisissez-la vous-même.");
  }
};

document.addEventListener("located", (event) => locate(event.target.closest("form"), event.detail, event.target));

/** An address that was chosen while one typed: of an address, its boxes; of a map, its point. */
document.addEventListener("chosen", ({ target, detail: { address } }) => {
  const box = target.closest("[data-field]"), map = box.querySelector("[data-map][data-for]");
  if (!address) return;
  if (!map) return fillAddress(box, address);
  const position = box.querySelector(`[name="${map.dataset.for}"]`);
  box.dataset.located = "yes";
  if (address.lat === undefined) return;
  under = {};
  position.value = `${address.lat.toFixed(6)};${address.lon.toFixed(6)}`;
  position.dispatchEvent(new Event("change"));
  changed(position);
  box.querySelector("[data-map-state]").textContent = "Le repère est posé à cette adresse.";
  fillFrom(target.form, address);
});

const device = (form) => navigator.geolocation.getCurrentPosition(
  ({ coords }) => locate(form, { lat: coords.latitude, lng: coords.longitude }),
  () => say(form, "Votre appareil ne donne pas sa position. Saisissez l’adresse vous-même."), { enableHighAccuracy: true, timeout: 10000 });

/** Before the first box that follows a place: what became of it, and the button where no map gives one. */
const prepare = (form) => {
  const boxes = [...form.querySelectorAll("[data-geolocation]")], first = boxes.find((box) => !box.hidden) ?? boxes[0];
  if (!first || states.has(form)) return;
  const place = document.createElement("div"), state = document.createElement("p");
  place.className = "located";
  state.className = "hint notice";
  state.setAttribute("aria-live", "polite");
  states.set(form, state);
  if (navigator.geolocation && !form.querySelector("[data-map][data-for]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button second", textContent: "Utiliser ma position" });
    button.addEventListener("click", () => device(form));
    place.append(button);
  }
  place.append(state);
  first.before(place);
};

document.querySelectorAll("form[data-live]").forEach(prepare);

/** An address: searched first, by hand where it is not found. */
const open = (box) => {
  const details = box.querySelector("details"), search = boxNamed(box, "recherche");
  if (!search?.dataset.ask) return;
  const byHand = [...details.querySelectorAll("input")], parts = byHand.filter((input) => !input.name.endsWith("-complement"));
  search.closest("[data-search]").hidden = false;
  details.open = !("whole" in details.dataset) && (box.matches(".in-error") || parts.some((input) => input.value));
  if (byHand.some((input) => location.hash === `#${input.id}`)) details.open = true;
  details.addEventListener("input", (event) => event.isTrusted && (search.value = ""));
  search.addEventListener("input", (event) => {
    if (event.isTrusted) for (const input of [...parts, boxNamed(box, "trouvee")]) input.value = "";
  });
  search.addEventListener("change", () => (details.open ||= Boolean(search.value && !parts.at(-1).value)));
};

const begin = (within) => within.querySelectorAll("[data-address]").forEach((input) => input.closest("[data-field]").querySelector("details") && open(input.closest("[data-field]")));
begin(document);
document.addEventListener("renewed", (event) => begin(event.target)); // rows of a block

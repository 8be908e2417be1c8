// Puts a map over the boxes of a place, which work without it: a click on the map writes the coordinates, and choosing one of
// the marked choices ticks it.

const parse = (text) => {
  const parts = text.split(";").map(Number);
  return parts.length === 2 && parts.every(Number.isFinite) && text.trim() ? parts : null;
};

const button = (text, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button second";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
};

const sheet = (url) => new Promise((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url, onload: done, onerror: done });
  document.head.append(link);
});

const draw = async (box) => {
  const [leaflet] = await Promise.all([import(box.dataset.leaflet), sheet(box.dataset.css)]);
  const { least, most, zoom, tiles, attribution, centre } = box.dataset;
  box.hidden = false;
  const map = leaflet.map(box, { minZoom: Number(least), maxZoom: Number(most), zoomAnimation: false, fadeAnimation: false });
  map.attributionControl.setPrefix(false);
  map.zoomControl.remove();
  leaflet.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  leaflet.tileLayer(tiles, { attribution, minZoom: Number(least), maxZoom: Number(most) }).addTo(map);
  map.setView(parse(centre) ?? [46.6, 2.4], Number(zoom));
  return [leaflet, map];
};

const icon = (leaflet, name) => leaflet.divIcon({ className: `marker ${name}`, iconSize: [24, 24], iconAnchor: [12, 24] });

const pick = (leaflet, map, box, field) => {
  const input = field.querySelector(`[name="${box.dataset.for}"]`), state = field.querySelector("[data-map-state]");
  let marker;
  const show = (place) => {
    marker ??= leaflet.marker(place, { icon: icon(leaflet, ""), draggable: true, alt: "Lieu choisi", keyboard: false })
      .addTo(map).on("dragend", () => write(marker.getLatLng()));
    marker.setLatLng(place);
  };
  const write = ({ lat, lng }) => {
    input.value = `${lat.toFixed(6)};${lng.toFixed(6)}`;
    show([lat, lng]);
    state.textContent = "Le repère est posé. Vous pouvez le déplacer, ou continuer.";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new CustomEvent("located", { bubbles: true, detail: { lat, lng } }));
  };
  const follow = (zooms) => {
    const place = parse(input.value);
    if (!place) return;
    show(place);
    map.setView(place, zooms ? Math.max(map.getZoom(), 16) : map.getZoom());
  };
  const locate = (marks) => navigator.geolocation.getCurrentPosition(({ coords }) => {
    const place = { lat: coords.latitude, lng: coords.longitude };
    map.setView(place, 17);
    if (marks) write(place);
  }, () => (state.textContent = "Votre appareil ne donne pas sa position. Indiquez le lieu sur la carte ou par son adresse."),
  { enableHighAccuracy: true, timeout: 10000 });

  follow(true);
  if (input.readOnly) return;
  map.on("click", (event) => write(event.latlng));
  input.addEventListener("change", () => follow(true));
  const tools = document.createElement("div");
  tools.className = "actions";
  tools.append(button("Poser le repère au centre", () => write(map.getCenter())));
  if (navigator.geolocation) {
    tools.append(button("Utiliser ma position", () => locate(true)));
    const wants = "geolocated" in box.dataset || "asksPosition" in box.dataset;
    // Nobody is asked when a page opens: only who has agreed before is located at once.
    if (wants && !input.value) navigator.permissions?.query({ name: "geolocation" })
      .then((answer) => answer.state === "granted" && locate("asksPosition" in box.dataset));
  }
  box.after(tools);
};

const choose = (leaflet, map, box, field) => {
  const places = [];
  for (const input of field.querySelectorAll("[data-position]")) {
    const place = parse(input.dataset.position);
    if (!place) continue;
    places.push(place);
    const marker = leaflet.marker(place, { icon: icon(leaflet, ""), alt: input.labels[0].textContent, keyboard: false }).addTo(map);
    const colour = () => marker.getElement().classList.toggle("chosen", input.checked);
    marker.bindTooltip(input.labels[0].textContent);
    marker.on("click", () => input.disabled || input.click());
    field.addEventListener("change", colour);
    colour();
  }
  if (places.length) map.fitBounds(places, { padding: [30, 30], maxZoom: 16 });
};

const watch = (box) => {
  const field = box.closest("[data-field]");
  let drawn = false;
  const begin = () => {
    if (drawn || field.hidden || !box.dataset.leaflet) return;
    drawn = true;
    draw(box).then(([leaflet, map]) => ("choices" in box.dataset ? choose : pick)(leaflet, map, box, field));
  };
  begin(); // one that a condition hides is drawn when it comes
  new MutationObserver(begin).observe(field, { attributeFilter: ["hidden"] });
};

document.querySelectorAll("[data-map]").forEach(watch);
document.addEventListener("renewed", (event) => event.target.querySelectorAll("[data-map]").forEach(watch)); // rows of a block

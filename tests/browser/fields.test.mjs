// Every kind of field that has a look of its own: by hand on a phone, with and without JavaScript, accessible, and kept within the
// security policy. Tiles come from a server of the test.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { Counter, go, launch, look, tab } from "./support.mjs";

/** A plain tile: 256 by 256 points of one colour. */
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
};
const crc = crc32 ?? ((bytes) => {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
});
const tile = (grey) => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(256, 0);
  header.writeUInt32BE(256, 4);
  header[8] = 8; // bits a point, greys
  const rows = Buffer.alloc(257 * 256, grey);
  for (let row = 0; row < 256; row++) rows[row * 257] = 0;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
};

const asked = [];
const tiles = createServer((request, response) => {
  asked.push(request.url);
  const [x = 0, y = 0] = request.url.match(/\d+/g)?.slice(1).map(Number) ?? [];
  response.writeHead(200, { "Content-Type": "image/png", "Cross-Origin-Resource-Policy": "cross-origin" });
  response.end(tile((x + y) % 2 ? 220 : 200));
});

const field = (id, type, label, more = {}) => ({ id, type, label, varname: `v${id}`, ...more });
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const slots = [1, 1, 1, 2, 3, 3].map((days, n) => ({
  id: `c${n}`, text: `créneau ${n}`, datetime: `${day(days)} ${["09:00", "09:30", "14:00"][n % 3]}`, disabled: n === 1 || n === 3,
}));
const trees = [["chene", "Chêne"], ["sapin", "Sapin"], ["tilleul", "Tilleul"]].map(([id, text], n) => ({ id, text, image: n < 2 ? `TILES/image/${n}/0.png` : "" }));
const halls = [["lyon", "Lyon", 45.7676, 4.8357], ["bron", "Bron", 45.7386, 4.9112]].map(([id, text, lat, lon]) => ({ id, text, lat, lon }));
const source = (value) => ({ type: "fixed", value });

const form = (base) => JSON.parse(JSON.stringify({
  kind: "form", slug: "essai", name: "Essai", workflow: "essai", functions: { _receiver: "agents" }, confirmation: true,
  service: { silence: "reject", delay: 2, delay_unit: "months", appeal: "Tribunal administratif de Lyon, dans les deux mois.",
    contact: { name: "Mairie", address: "1 place de la Mairie, 69000 Ville", phone: "04 00 00 00 99", email: "mairie@ville.example" } },
  fields: [
    field("1", "page", "Le lieu"),
    field("2", "map", "Où est-ce ?", { inside_area: true, initial_zoom: "15" }),
    field("3", "item", "Quelle mairie ?", { display_mode: "map", source: source(halls) }),
    field("4", "page", "Les choix"),
    field("5", "item", "Quel créneau ?", { display_mode: "timetable", source: source(slots) }),
    field("6", "item", "Quel arbre ?", { display_mode: "images", image_desktop_size: "120x90", source: source(trees) }),
    field("7", "items", "Quels arbres aimez-vous ?", { display_mode: "images", image_desktop_size: "120x90", source: source(trees), required: "optional" }),
    field("8", "email", "Votre adresse e-mail"),
    field("9", "text", "Décrivez le projet", { display_mode: "rich" }),
  ],
}).replaceAll("TILES", base));

const workflow = { kind: "workflow", slug: "essai", name: "Essai", functions: [{ id: "_receiver", name: "Agents" }], statuses: [{ id: "1", name: "Reçue", actions: [] }] };

const counter = new Counter();
let browser;

before(async () => {
  await new Promise((ready) => tiles.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${tiles.address().port}`;
  const area = { name: "de la métropole", geometry: { type: "Polygon", coordinates: [[[4.5, 45.5], [5.2, 45.5], [5.2, 46], [4.5, 46], [4.5, 45.5]]] } };
  counter.site({ slug: "ville", name: "Ville", kind: "commune", hosts: ["ville.localhost"],
    settings: { map: { tiles: `${base}/{z}/{x}/{y}.png`, attribution: "Plan de l’essai", position: "45.7578;4.8320", zoom: 12, area } } });
  counter.define("ville", form(base), workflow);
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
  tiles.close();
});

/** A tab that remembers what its page complains about. checks: axe is put in the page, which the policy forbids. */
const watched = async (options = {}, checks = true) => {
  const page = await tab(browser, { bypassCSP: checks, ...options });
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  return page;
};

const open = (page, number = 1) => page.goto(counter.url("ville", `/demarches/essai/${number}/`));

test("a place is pointed at on the map", async () => {
  const page = await watched();
  await open(page);
  await page.locator("[data-field='2'] .leaflet-tile-loaded").first().waitFor();
  await look(page, "map");
  await page.locator("[data-field='2'] .map").click({ position: { x: 100, y: 100 } });
  assert.match(await page.inputValue("#f2-position"), /^45\.\d{6};4\.\d{6}$/);
  assert.match(await page.innerText("[data-field='2'] [data-map-state]"), /repère est posé/);
  await page.fill("#f2", "Place Bellecour");
  await page.locator("[data-field='3'] .marker").last().click();
  assert.ok(await page.getByLabel("Bron").isChecked());
  await go(page);
  assert.match(page.url(), /\/2\/$/);
  await page.context().close();
});

test("a place is pointed at with the keyboard, or by the device where one agrees", async () => {
  const page = await watched({ geolocation: { latitude: 45.75, longitude: 4.85 }, permissions: ["geolocation"] });
  await open(page);
  await page.locator("[data-field='2'] .leaflet-tile-loaded").first().waitFor();
  assert.equal(await page.inputValue("#f2-position"), ""); // nothing was asked
  await page.getByRole("button", { name: "Poser le repère au centre" }).press("Enter");
  assert.equal(await page.inputValue("#f2-position"), "45.757800;4.832000");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await page.waitForFunction(() => document.querySelector("#f2-position").value === "45.750000;4.850000");
  await page.context().close();
});

test("a place outside the area is refused, and said where to correct", async () => {
  const page = await watched();
  await open(page);
  await page.fill("#f2-position", "48.85;2.35");
  await page.getByLabel("Lyon").check();
  await go(page);
  assert.match(await page.innerText(".error-summary"), /Ce point est hors de la métropole\./);
  await look(page, "map-error");
  await page.context().close();
});

test("the policy lets the map's tiles through, and no other script or style", async () => {
  const page = await watched({}, false);
  await open(page);
  await page.locator("[data-field='2'] .leaflet-tile-loaded").first().waitFor();
  assert.deepEqual(page.complaints, []);
  assert.ok(asked.some((url) => /^\/15\/\d+\/\d+\.png$/.test(url)));
  await page.context().close();
});

for (const javaScriptEnabled of [true, false])
  test(`all of it is filed ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const page = await watched({ javaScriptEnabled }, javaScriptEnabled);
    await open(page);
    await page.fill("#f2", "Place Bellecour, devant la statue");
    await page.fill("#f2-position", "45.7578;4.8320");
    await page.getByLabel("Lyon").check();
    await go(page);
    if (javaScriptEnabled) await look(page, "choices");
    await page.locator("[data-field='5'] details[open] input:not([disabled])").first().check();
    await page.locator("[data-field='5'] summary").last().click();
    await page.locator("[data-field='5'] details").last().getByRole("radio").last().check();
    await page.locator("[data-field='6'] label").first().click();
    await page.locator("[data-field='7'] label").nth(1).click();
    await page.locator("[data-field='7'] label").nth(2).click();
    await page.fill("#f8", "jeanne@gmial.com");
    await page.locator("#f9").click();
    if (javaScriptEnabled) {
      await page.keyboard.type("Un ");
      await page.getByRole("button", { name: "Gras" }).click();
      await page.keyboard.type("grand projet");
      await page.getByRole("button", { name: "Gras" }).click();
    } else {
      await page.fill("#f9", "Un grand projet");
    }
    if (javaScriptEnabled) {
      await page.locator("#f8").blur();
      await page.getByText("vouliez-vous écrire « gmail.com » ?").waitFor();
      await look(page, "choices-filled");
    }
    await go(page);
    const answers = await page.innerText("main");
    for (const text of ["Place Bellecour, devant la statue", "créneau 5", "Chêne", "Sapin, Tilleul", "vouliez-vous écrire « gmail.com » ?"])
      assert.ok(answers.includes(text), `${text}: ${answers}`);
    assert.equal(await page.locator(".answers .rich").innerHTML(), javaScriptEnabled ? "<p>Un <strong>grand projet</strong></p>" : "<p>Un grand projet</p>");
    assert.equal(await page.locator(".picture image").count() > 3, true);
    if (javaScriptEnabled) await look(page, "check");
    await go(page, "Envoyer ma demande");
    assert.match(await page.innerText("p.code"), /-/);
    await page.context().close();
  });

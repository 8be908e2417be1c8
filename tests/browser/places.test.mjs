// Addresses and positions on a phone: what follows the position of the device or the point of a map, an address by hand; accessible,
// and kept within the security policy. The geocoder is the double of the tests, a program of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Counter, go, launch, look, root, tab } from "./support.mjs";

const counter = new Counter();
let browser, double, lines;

/** Has the double do something, and waits until it does. */
const geocoder = async (command) => {
  double.stdin.write(`${command}\n`);
  assert.equal((await lines.next()).value, "done");
};

const follows = (id, type, label, value, more = {}) => ({ id, type, label, varname: `v${id}`, prefill: { type: "geolocation", value }, ...more });
const form = (slug, ...fields) => ({ kind: "form", slug, name: slug, workflow: "_default", confirmation: true, fields });
const parts = () => [
  follows("1", "string", "Numéro", "house", { required: "optional" }), follows("2", "string", "Rue", "road"), follows("3", "string", "Code postal", "postcode"),
  follows("4", "item", "Ville", "city", { items: ["Bron", "Lyon", "Vaulx-en-Velin"] }),
  follows("5", "item", "Pays", "country", { items: ["Belgique", "France"], display_mode: "radio" }),
];

before(async () => {
  double = spawn("/usr/bin/python3", [join(root, "tests/support/geocoder.py")], { stdio: ["pipe", "pipe", "inherit"] });
  lines = createInterface({ input: double.stdout })[Symbol.asyncIterator]();
  const url = (await lines.next()).value;
  const forms = [form("ici", ...parts()), form("carte", { id: "9", type: "map", label: "Le lieu", varname: "lieu" }, ...parts()),
    form("adresse", { id: "1", type: "address", label: "Adresse du chantier", varname: "ici" }),
    form("commune", { id: "1", type: "address", label: "Commune de naissance", varname: "ici", precision: "municipality" }),
    form("place", follows("1", "address", "Adresse du lieu", ""))];
  counter.site({ slug: "ville", name: "Ville", hosts: ["ville.localhost"], settings: { geocoder: { url },
    outgoing: { allow: [new URL(url).host] }, map: { tiles: "http://127.0.0.1:9/{z}/{x}/{y}.png", position: "45.7785;4.9213", zoom: 15 } } });
  counter.define("ville", ...forms);
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
  double.stdin.end();
});

const bellecour = { latitude: 45.7578, longitude: 4.832 }, nowhere = { latitude: 48.85, longitude: 2.35 };

/** A tab that remembers what its page complains about, and which servers it asked. */
const watched = async (options = {}) => {
  const page = await tab(browser, { permissions: ["geolocation"], geolocation: bellecour, ...options });
  page.setDefaultTimeout(15000);
  page.complaints = [];
  page.hosts = new Set();
  page.on("console", (message) => message.type() === "error" && !/127\.0\.0\.1:9|ERR_/.test(message.text()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => page.hosts.add(new URL(request.url()).host));
  return page;
};
const open = (page, slug) => page.goto(counter.url("ville", `/demarches/${slug}/1/`));
const values = (page) => page.evaluate(() => ["f1", "f2", "f3", "f4"].map((id) => document.getElementById(id).value).concat(document.querySelector("[name=f5]:checked")?.value ?? ""));
const shown = (page, text) => page.getByText(text).waitFor();

test("the position of the device fills what follows it, once its button is pressed", async () => {
  const page = await watched();
  await open(page, "ici");
  await page.waitForTimeout(300);
  assert.deepEqual(await values(page), ["", "", "", "", ""]); // nobody was asked
  await look(page, "position");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await shown(page, "L’adresse de ce lieu est remplie. Vérifiez-la.");
  assert.deepEqual(await values(page), ["21", "Place Bellecour", "69002", "Lyon", "France"]);
  await look(page, "position-filled");
  await page.locator("form[data-asking]").waitFor({ state: "detached" });
  await page.reload();
  assert.deepEqual(await values(page), ["21", "Place Bellecour", "69002", "Lyon", "France"]); // and kept
  assert.deepEqual([...page.hosts], [`ville.localhost:${counter.port}`]);
  await go(page);
  assert.match(await page.innerText("main"), /Place Bellecour/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what was typed stays, what a place filled follows the next", async () => {
  const page = await watched();
  await open(page, "ici");
  await page.fill("#f2", "Ma rue");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await shown(page, "L’adresse de ce lieu est remplie");
  assert.deepEqual(await values(page), ["21", "Ma rue", "69002", "Lyon", "France"]);
  await page.fill("#f1", "22");
  await page.context().setGeolocation({ latitude: 45.7386, longitude: 4.9112 });
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await page.waitForFunction(() => document.querySelector("#f3").value === "69500");
  assert.deepEqual(await values(page), ["22", "Ma rue", "69500", "Bron", "France"]);
  await page.context().close();
});

test("a place that nobody knows, a refusal and a geocoder that is down are said", async () => {
  const page = await watched({ geolocation: nowhere });
  await open(page, "ici");
  const press = () => page.getByRole("button", { name: "Utiliser ma position" }).click();
  await press();
  await shown(page, "Aucune adresse n’est connue à cet endroit.");
  await geocoder("fail 503");
  await page.context().setGeolocation({ latitude: 45.7578, longitude: 4.8325 });
  await press();
  await shown(page, "La recherche d’adresses ne répond pas.");
  await geocoder("up");
  await page.context().clearPermissions();
  await press();
  await shown(page, "Votre appareil ne donne pas sa position.");
  assert.deepEqual(await values(page), ["", "", "", "", ""]);
  await page.context().close();
});

test("the point of a map fills what follows it", async () => {
  const page = await watched();
  await open(page, "carte");
  assert.equal(await page.getByRole("button", { name: "Utiliser ma position" }).count(), 1); // the map's own
  await page.getByRole("button", { name: "Poser le repère au centre" }).press("Enter");
  await page.waitForFunction(() => document.querySelector("#f2").value === "Rue de la République");
  assert.equal(await page.inputValue("#f9"), "12 Rue de la République 69120 Vaulx-en-Velin");
  assert.deepEqual(await values(page), ["12", "Rue de la République", "69120", "Vaulx-en-Velin", "France"]);
  await look(page, "map-filled");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await page.waitForFunction(() => document.querySelector("#f2").value === "Place Bellecour");
  assert.match(await page.inputValue("#f9"), /^21 Place Bellecour/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("an address that follows the position is filled whole", async () => {
  const page = await watched();
  await open(page, "place");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await page.waitForFunction(() => document.querySelector("[name='f1-commune']").value === "Lyon");
  await go(page);
  assert.match(await page.innerText("main"), /21 Place Bellecour, 69002 Lyon/);
  await page.context().close();
});

test("an address is found while one types, and chosen with the keyboard or a finger", async () => {
  const page = await watched();
  await open(page, "adresse");
  const search = page.getByRole("combobox", { name: "Rechercher une adresse" });
  assert.ok(!(await page.locator("#f1").isVisible()));
  await search.pressSequentially("12 rue de la rép");
  await page.getByRole("option").nth(1).waitFor();
  assert.deepEqual(await page.getByRole("option").allInnerTexts(), ["12 Rue de la République 69120 Vaulx-en-Velin", "12 bis Rue de la République 69120 Vaulx-en-Velin"]);
  await look(page, "address-found");
  await search.press("ArrowDown");
  await search.press("ArrowDown");
  await search.press("Enter");
  assert.equal(await search.inputValue(), "12 bis Rue de la République 69120 Vaulx-en-Velin");
  assert.equal(await page.inputValue("[name=f1-commune]"), "Vaulx-en-Velin");
  await look(page, "address-chosen");
  await search.fill("21 place"); // another one: the first is forgotten
  assert.equal(await page.inputValue("[name=f1-commune]"), "");
  await page.getByRole("option", { name: "21 Place Bellecour" }).click();
  await page.locator("form[data-asking]").waitFor({ state: "detached" });
  await page.reload(); // it was kept
  assert.ok(!(await page.locator("#f1").isVisible()));
  await go(page);
  assert.match(await page.innerText("main"), /21 Place Bellecour, 69002 Lyon/);
  assert.deepEqual([...page.hosts], [`ville.localhost:${counter.port}`]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a search that was not chosen, or that nobody answers, ends by hand", async () => {
  const page = await watched();
  await open(page, "adresse");
  await geocoder("fail 503");
  await page.fill("[name=f1-recherche]", "12 rue de Nulle Part");
  await shown(page, "La recherche d’adresses ne répond pas.");
  await geocoder("up");
  await page.locator("[name=f1-recherche]").blur();
  await page.locator("#f1").waitFor();
  await go(page);
  assert.match(await page.innerText(".error-summary"), /Il manque le code postal et la commune/);
  assert.equal(await page.inputValue("#f1"), "12 rue de Nulle Part");
  await page.context().close();
});

test("a commune is found by its name", async () => {
  const page = await watched();
  await open(page, "commune");
  await page.getByRole("combobox", { name: "Rechercher une commune" }).pressSequentially("bro");
  await page.getByRole("option", { name: "Bron" }).click();
  assert.match(await page.inputValue("[name=f1-trouvee]"), /"citycode":"69029"/);
  await go(page);
  assert.match(await page.innerText("main"), /69500 Bron/);
  await page.context().close();
});

test("an address moves the point of the map", async () => {
  const page = await watched();
  await open(page, "carte");
  await page.locator("#f9").pressSequentially("3 avenue de l");
  await page.getByRole("option", { name: "3 Avenue de l’Église" }).click();
  assert.equal(await page.inputValue("#f9-position"), "45.738600;4.911200");
  assert.deepEqual(await values(page), ["3", "Avenue de l’Église", "69500", "Bron", "France"]);
  await page.locator(".leaflet-marker-icon").waitFor();
  await look(page, "map-searched");
  await page.getByRole("button", { name: "Utiliser ma position" }).click();
  await page.waitForFunction(() => document.querySelector("#f9").value.startsWith("21 Place Bellecour"));
  assert.deepEqual(await values(page), ["21", "Place Bellecour", "69002", "Lyon", "France"]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

for (const javaScriptEnabled of [true, false])
  test(`an address is typed by hand ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const page = await watched({ javaScriptEnabled });
    await open(page, "adresse");
    if (javaScriptEnabled) await look(page, `address-${javaScriptEnabled}`);
    await page.getByText("Saisir l’adresse vous-même").waitFor();
    if (!(await page.locator("#f1").isVisible())) await page.getByText("Saisir l’adresse vous-même").click();
    await page.fill("#f1", "12 rue de la république");
    await go(page);
    assert.match(await page.innerText(".error-summary"), /Il manque le code postal et la commune/);
    if (javaScriptEnabled) await look(page, "address-error");
    await page.fill("#f1-code-postal", "69120");
    await page.fill("#f1-commune", "Vaulx-en-Velin");
    await go(page);
    assert.match(await page.innerText("main"), /12 rue de la république, 69120 Vaulx-en-Velin/);
    assert.doesNotMatch(await page.innerText("main"), /Nous ne trouvons pas/);
    await go(page, "Envoyer ma demande");
    assert.match(await page.innerText("p.code"), /-/);
    await page.context().close();
  });

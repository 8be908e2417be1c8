// A counter with the demonstration on a temporary folder, and a browser to look at it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.GUICHET ?? join(root, "build/asan/src/cli/guichet");
export const release = process.env.GUICHET_RELEASE ?? join(root, "build/guichet");
export const corpus = process.env.GUICHET_CORPUS ?? resolve(root, "../shared/corpus");
export const password = "Place-Bellecour-1830";
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

/** The stores that every test of stored behaviour runs on. */
export const stores = ["sqlite", ...(process.env.GUICHET_TEST_POSTGRES ? ["postgresql"] : [])];

const psql = (command) => {
  const done = spawnSync("psql", ["-q", process.env.GUICHET_TEST_POSTGRES, "-c", command], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
};

export class Counter {
  constructor(store = "sqlite", program = binary) {
    this.program = program;
    this.folder = mkdtempSync(join(tmpdir(), "guichet-browser-"));
    this.place = ["--data", this.folder];
    if (store === "sqlite") return;
    this.database = `guichet_${randomBytes(6).toString("hex")}`;
    psql(`CREATE DATABASE ${this.database}`);
    this.place.push("--store", process.env.GUICHET_TEST_POSTGRES.replace(/^(postgresql:\/\/[^/]*\/)[^?]*/, `$1${this.database}`));
  }

  cli(...words) {
    const done = spawnSync(this.program, [...words, ...this.place], { cwd: root, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`guichet ${words.join(" ")}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  /** Sets a site by its document. */
  site(document) {
    const file = join(this.folder, `${document.slug}.json`);
    writeFileSync(file, JSON.stringify(document));
    this.cli("site", "set", file);
  }

  /** Loads definitions into the site. */
  define(site, ...documents) {
    const folder = mkdtempSync(join(this.folder, "definitions-"));
    for (const document of documents) writeFileSync(join(folder, `${document.kind}-${document.slug}.json`), JSON.stringify(document));
    this.cli("import", "content", folder, "--site", site);
  }

  async start() {
    this.server = spawn(this.program, ["serve", "--port", "0", ...this.place, ...(this.brakes ? [] : ["--no-brake"])], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    this.log = "";
    this.server.stderr.on("data", (bytes) => (this.log += bytes));
    this.port = await new Promise((found, failed) => {
      this.server.stdout.on("data", (bytes) => {
        const match = /http:\/\/[^:]+:(\d+)/.exec(String(bytes));
        if (match) found(Number(match[1]));
      });
      this.server.on("exit", () => failed(new Error(`the server ended: ${this.log}`)));
    });
  }

  url(site, path = "/") {
    return `http://${site}.localhost:${this.port}${path}`;
  }

  /** All that it kept. */
  remove() {
    rmSync(this.folder, { recursive: true, force: true });
    if (this.database) psql(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
  }

  /** Stops gracefully; a sanitizer's finding is an error. */
  async stop() {
    const ended = new Promise((done) => this.server.on("exit", (status) => done(status)));
    this.server.removeAllListeners("exit");
    this.server.on("exit", (status) => (this.status = status));
    this.server.kill("SIGTERM");
    while (this.status === undefined) await new Promise((next) => setTimeout(next, 20));
    void ended;
    this.remove();
    if (this.status !== 0) throw new Error(`the server ended with ${this.status}: ${this.log.slice(-4000)}`);
  }
}

export const AGENT = "agent@ville.example";

/** The site that most tests of circuits need: « accueil » treats what is filed. */
export const VILLE = { slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "accueil", name: "Accueil" }] };

/** A form of one question whose requests go through the circuit « circuit ». */
export const cardForm = (name = "Carte") => ({
  kind: "form", slug: "carte", name, workflow: "circuit", confirmation: false, functions: { _receiver: "accueil" },
  fields: [{ id: "1", type: "string", label: "Votre nom", varname: "nom" }],
});

/** A counter that serves one site with these definitions; AGENT may do all there. */
export const counterWithAgent = async (store, site, ...documents) => {
  const counter = new Counter(store);
  counter.site(site);
  counter.define(site.slug, ...documents);
  counter.cli("user", "create", "--email", AGENT, "--name", "Ada Gent", "--site", site.slug, "--admin", "--password", password);
  await counter.start();
  return counter;
};

export const launch = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--lang=fr", "--host-resolver-rules=MAP *.localhost 127.0.0.1"],
    env: { ...process.env, LANGUAGE: "fr" },
  });

export const person = (browser, options = {}) =>
  browser.newContext({ locale: "fr-FR", viewport: phone, reducedMotion: "reduce", ...options });

/** A page in a tab of somebody new, where axe may be put in spite of the page's policy. */
export const tab = async (browser, options = {}) => {
  const context = await person(browser, { bypassCSP: options.javaScriptEnabled !== false, ...options });
  context.setDefaultTimeout(20000);
  return context.newPage();
};

/** Presses a button that leads to another page. */
export const go = (page, name = "Continuer") => Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds in the page, whose policy must be bypassed (bypassCSP). */
export const violations = (page) =>
  page.evaluate(async ([code, values]) => {
    if (!window.axe) (0, eval)(code);
    return (await window.axe.run({ runOnly: { type: "tag", values } })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" | ")}`);
  }, [axe, levels]);

/** How wide the page is where the screen has 320 px. */
export const widthAt320 = async (page) => {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 700 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(size);
  return width;
};

/** What is wrong in a drawn circuit as the browser shows it: labels that overlap or leave their box, lines over boxes that they do not join. */
export const clashes = (page) =>
  page.evaluate(() => {
    const svg = document.querySelector("svg.circuit"), wrong = [];
    const inside = (a, b, by) => a.left >= b.left - by && a.right <= b.right + by && a.top >= b.top - by && a.bottom <= b.bottom + by;
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const labels = [...svg.querySelectorAll("text.label")].map((text) => {
      let rect = text.previousElementSibling;
      while (rect.getAttribute("width") === "5") rect = rect.previousElementSibling;
      return { text: text.textContent, at: text.getBoundingClientRect(), box: rect.getBoundingClientRect(), rect };
    });
    if (!labels.length) wrong.push("no label");
    labels.forEach((one, i) => {
      if (!inside(one.at, one.box, 0.5)) wrong.push(`leaves its box: ${one.text}`);
      for (const other of labels.slice(i + 1)) if (meet(one.at, other.at) || meet(one.box, other.box)) wrong.push(`overlap: ${one.text} | ${other.text}`);
    });
    const boxes = labels.map(({ rect, text }) => ({ text, box: rect.getBBox() }));
    for (const path of svg.querySelectorAll("g > path")) {
      const length = path.getTotalLength();
      const at = (share) => path.getPointAtLength(length * share), holds = (box, p, by) => p.x > box.x + by && p.x < box.x + box.width - by && p.y > box.y + by && p.y < box.y + box.height - by;
      for (let share = 0; share <= 1; share += 0.02)
        for (const { text, box } of boxes) if (holds(box, at(share), 3) && !holds(box, at(0), -4) && !holds(box, at(1), -4)) wrong.push(`a line over: ${text}`);
    }
    return [...new Set(wrong)];
  });

/** On a phone and on a desktop no violation of accessibility; and pictures of the page for who looks (GUICHET_SHOTS, a folder). */
export const look = async (page, name) => {
  const shots = process.env.GUICHET_SHOTS;
  for (const viewport of [phone, desktop]) {
    await page.setViewportSize(viewport);
    assert.deepEqual(await violations(page), [], name);
    if (!shots) continue;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}-${viewport.width}.png`), fullPage: true });
  }
  await page.setViewportSize(phone);
  assert.ok((await widthAt320(page)) <= 320, `${name}: too wide at 320 px`);
};

export const signIn = async (page, counter, site, email) => {
  await page.goto(counter.url(site, "/connexion/"));
  await page.fill("#courriel", email);
  await page.fill("#mot-de-passe", password);
  await Promise.all([page.waitForNavigation(), page.click("main button[type=submit]")]);
};

const examples = [
  [/e-?mail|courriel|\bmail/i, "jeanne.dupont@example.org"], [/registre national|niss/i, "85073003328"],
  [/t[ée]l[ée]phone portable/i, "0612345678"],
  [/iban|compte bancaire/i, "BE68539007547034"], [/code postal/i, "69120"], [/num[ée]ro et rue/i, "12 rue de la République"], [/t[ée]l[ée]phone|gsm|mobile/i, "0478123456"],
  [/heure/i, "14:30"],
  [/montant|prix|surface|volume|capacit|litre|index|ann[ée]e|nombre|quantit|num[ée]ro|bo[iî]te|consommation/i, "12"],
];

/** Fills what a page asks, as a careful resident would; again for what the answers made appear. attempt: how often the page
 * came back. */
export const fill = async (page, attempt = 0) => {
  const done = new Set();
  for (let round = 0; round < 3; round++) {
    const shown = await page.locator("main form.fields .field[data-field]:visible").evaluateAll((nodes) => nodes.map((node) => node.dataset.field));
    for (const id of shown.filter((one) => !done.has(one))) {
      done.add(id);
      await fillField(page, page.locator(`main form.fields [data-field="${id}"]`), attempt);
    }
    for (const area of await page.locator("main form.fields textarea:visible").all())
      if (!(await area.inputValue())) await area.fill("Texte d’essai");
    await page.locator("form[data-asking]").waitFor({ state: "detached" });
  }
};

const fillField = async (page, field, attempt) => {
  if (await field.evaluate((node) => node.classList.contains("block"))) return; // its rows' fields are filled by themselves
  const search = field.locator("[data-choose]");
  if (await search.count()) return chooseFromList(page, field, search);
  const radios = field.locator("input[type=radio]"), boxes = field.locator("input[type=checkbox]");
  const isGroup = await field.evaluate((node) => node.tagName === "FIELDSET");
  if (await radios.count()) {
    if (!(await field.locator("input:checked").count())) await radios.first().check();
    return;
  }
  if (isGroup && (await boxes.count())) return void (await boxes.first().check());
  if (isGroup) {
    if (await field.locator(".by-hand").count()) return void (await fillByHand(field));
    if (await field.locator(".place").count()) return void (await field.locator("input").first().fill("Place Bellecour"));
    const selects = await field.locator("select").all();
    for (const [place, select] of selects.entries()) {
      const values = await select.evaluate((node) => [...node.options].map((option) => option.value).filter(Boolean));
      const name = await select.getAttribute("name"); // each item its own rank; an end after its beginning
      const at = /-place-/.test(name) ? place : /-fin$/.test(name) ? attempt : 0;
      if (values.length) await select.selectOption(values[Math.min(at, values.length - 1)]);
    }
    if (selects.length) return;
    const [day, month, year] = await field.locator("input:not([type=hidden])").all();
    await day.fill("12");
    await month.fill("3");
    await year.fill(["1985", "2030", "2020"][attempt % 3]);
    return;
  }
  const control = field.locator("input:not([type=hidden]), select, textarea").last();
  const kind = await control.evaluate((node) => (node.tagName === "INPUT" ? node.type : node.tagName.toLowerCase()));
  if (kind === "checkbox") return void (await control.check());
  if (kind === "select") {
    const value = await control.evaluate((node) => [...node.options].find((option) => option.value && !option.disabled)?.value);
    if (value) await control.selectOption(value);
    return;
  }
  if (kind === "password") {
    for (const input of await field.locator("input[type=password]").all()) await input.fill("Un cheval 7 fois rose !");
    return;
  }
  if (kind === "file") return void (await control.setInputFiles(/image/.test((await control.getAttribute("accept")) ?? "") ? picture : paper));
  if ((await control.inputValue()) && attempt === 0) return;
  const label = await field.innerText();
  const known = kind === "email" ? "jeanne.dupont@example.org" : examples.find(([pattern]) => pattern.test(label))?.[1] ?? "Texte d’essai";
  await control.fill(kind === "email" ? known : [known, "12", "Texte d’essai", "1"][attempt % 4]);
};

/** The first choice that a search finds: of the popup, or without JavaScript of the page that comes back. */
export const chooseFromList = async (page, field, search) => {
  if (await field.locator("input:checked").count()) return;
  const isScripted = (await search.getAttribute("role")) === "combobox";
  for (const word of ["a", "e", "1"]) {
    await search.fill(word);
    if (isScripted) {
      const option = field.locator("[role=option]").first();
      const isFound = await option.waitFor({ timeout: 4000 }).then(() => true, () => false);
      if (isFound) return void (await option.click());
    } else {
      await Promise.all([page.waitForNavigation(), field.locator("button[name=chercher]").click()]);
      const found = field.locator(".choices input").first();
      if (await found.count()) return void (await found.check());
    }
  }
};

/** An address, part by part. */
const fillByHand = async (field) => {
  await field.locator("details").evaluate((details) => (details.open = true));
  for (const input of await field.locator("details input").all()) {
    const label = await input.evaluate((node) => node.labels[0].textContent);
    if (!(await input.inputValue())) await input.fill(examples.find(([pattern]) => pattern.test(label))?.[1] ?? "Vaulx-en-Velin");
  }
};

export const picture = { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64") };
export const paper = { name: "piece.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") };

/** From the start page to the confirmation; gives the tracking code. look(page) is called on every page. */
export const file = async (page, counter, site, slug, look = async () => {}) => {
  await page.goto(counter.url(site, `/demarches/${slug}/commencer/`));
  let attempt = 0;
  for (let step = 0; step < 40; step++) {
    await look(page);
    const code = page.locator("p.code");
    if (await code.count()) return (await code.innerText()).trim();
    if (await page.getByRole("link", { name: "Continuer sans compte" }).count()) {
      await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "Continuer sans compte" }).click()]);
      continue;
    }
    attempt = (await page.title()).startsWith("Erreur") ? attempt + 1 : 0;
    if (attempt > 6) throw new Error(`refused at ${page.url()}: ${await page.locator("main").innerText()}`);
    await fill(page, attempt);
    const button = page.getByRole("button", { name: /^(Continuer|Envoyer ma demande)/ });
    await Promise.all([page.waitForNavigation(), button.click()]);
  }
  throw new Error(`no end: ${page.url()}`);
};

/** An agent presses buttons that were not pressed yet, until an end status. */
export const treat = async (page, counter, site, code, look = async () => {}) => {
  await page.goto(counter.url(site, `/agents/demandes/?q=${code}`));
  await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: code }).first().click()]);
  const pressed = new Set();
  for (let step = 0; step < 25; step++) {
    await look(page);
    const state = page.locator("p.state .tag");
    const status = (await state.innerText()).trim();
    if (/final/.test(await state.getAttribute("class"))) return status;
    const buttons = page.locator(".act button[name=action][value^='choix:'], .act button:not([name])");
    let done = false;
    const all = await buttons.all();
    const named = [];
    for (const button of all) named.push([button, (await button.getAttribute("value")) ?? "", (await button.innerText()).trim()]);
    named.sort((a, b) => (b[1] === "") - (a[1] === "")); // what is asked comes before the ways round it
    for (const [button, value, label] of named) {
      const key = `${status}|${value}|${label}`;
      if (pressed.has(key)) continue;
      pressed.add(key);
      await fill(page);
      await Promise.all([page.waitForNavigation(), button.click()]);
      done = true;
      break;
    }
    if (!done && !named.some(([, value]) => value)) return status; // nothing left to press: a timer does the rest
    if (!done) throw new Error(`no new button in « ${status} »: ${[...pressed].join(", ")}`);
  }
  throw new Error("no end status");
};

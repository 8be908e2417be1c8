// Payloads in a real browser: written in every field, shown on every page, none of their scripts runs, and none would even
// without our security policy.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Counter, corpus, desktop, launch, password, person, signIn } from "./support.mjs";

const SITE = "ville", ADMIN = "admin@ville.example", LINES = 30, TEXTS = 10;
const folders = ["xss-payloadbox/Intruder", "payloads-all-the-things/XSS Injection/Intruders"].map((name) => join(corpus, "security", name));
const hostile = join(corpus, "security/hostile-files-made-here");
const skip = [...folders, hostile].every(existsSync) ? false : "the corpus is not there";
const ids = Array.from({ length: LINES + TEXTS }, (_, n) => 10 + n);
const field = (id, type, label = `Q${id}`) => ({
  id: String(id), type, label, varname: `q${id}`, required: "optional", display_locations: ["validation", "summary", "listings"],
});
const documents = [
  { kind: "form", slug: "essai", name: "Essai", workflow: "essai", functions: { _receiver: "agents" }, confirmation: true,
    digest_template: "{{ form_var_q10 }}",
    fields: [{ id: "1", type: "page", label: "Textes" }, ...ids.map((id, n) => field(id, n < LINES ? "string" : "text")),
      field(90, "file", "Pièce"), { id: "91", type: "comment", label: "<p>{{ form_var_q10 }}</p>" }] },
  { kind: "workflow", slug: "essai", name: "Essai", functions: [{ id: "_receiver", name: "Agents" }],
    statuses: [{ id: "1", name: "Reçue", actions: [
      { id: "1", type: "register-comment", comment: "<p>{{ form_var_q10 }} {{ form_var_q40 }}</p>" },
      { id: "2", type: "displaymsg", message: "<p>{{ form_var_q11 }}</p>" },
      { id: "3", type: "sendmail", to: ["agents@ville.example"], subject: "{{ form_var_q12 }}", body: "<p>{{ form_var_q13 }}</p>" }] }] },
];
const counter = new Counter();
let browser, agent;

/** So many payloads, evenly over all that the corpus has. */
const sampled = (most) => {
  const lines = new Set();
  for (const folder of folders)
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".txt")))
      for (const line of readFileSync(join(folder, name), "utf8").split(/\r?\n/)) if (line.trim()) lines.add(line);
  const all = [...lines];
  return Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)]);
};

/** A page that notes what a payload's script would do, and whatever is asked of elsewhere. */
const watched = async (options) => {
  const context = await person(browser, { viewport: desktop, ...options });
  await context.addInitScript(() => {
    for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => (window.__ran = name);
    document.addEventListener("securitypolicyviolation", (event) => (window.__refused = `${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage(), events = [];
  page.on("dialog", async (dialog) => {
    events.push(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const isKnown = request.url().startsWith(counter.url(SITE, "")) || /^chrome(-extension)?:/.test(request.url()); // its PDF viewer
    if (!isKnown) events.push(`asks for ${request.url()}`);
  });
  return { page, events };
};

/** Everything on the page is touched, as a reader might touch it: nothing ran, was refused, was asked for, or is an element that
 * no page of ours has. */
const poke = async ({ page, events }, where) => {
  const seen = await page.evaluate(async () => {
    const names = ["mouseover", "pointerenter", "focus", "error", "load", "toggle", "animationend", "click"];
    for (const node of document.querySelectorAll("main dd, main dd *, main .rich *, main td, main td *"))
      if (!node.closest("a, button")) for (const name of names) node.dispatchEvent(new Event(name, { bubbles: true }));
    await new Promise((next) => setTimeout(next, 20));
    const odd = "script:not([type=module][src^='/assets/js/']), iframe, object, embed, svg, math, img, style, link, base, meta, video, audio, marquee, form form, isindex";
    const strange = [...document.querySelectorAll(odd.replaceAll(/(^|, )/g, "$1main "))];
    for (const node of document.querySelectorAll("*")) if ([...node.attributes].some((one) => one.name.startsWith("on"))) strange.push(node);
    for (const node of document.querySelectorAll("a[href]")) if (!/^https?:$/.test(node.protocol)) strange.push(node);
    return { ran: window.__ran ?? null, refused: window.__refused ?? null, strange: strange.map((node) => node.outerHTML.slice(0, 200)) };
  });
  assert.deepEqual(seen, { ran: null, refused: null, strange: [] }, where);
  assert.deepEqual(events, [], where);
};

const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).click()]);

/** From page 1 to the confirmation; its tracking code. */
const fileBatch = async (resident, write) => {
  const { page } = resident, at = (path) => counter.url(SITE, `/demarches/essai/${path}`);
  await page.context().clearCookies();
  await page.goto(at("1/"));
  await write(page);
  await press(page, "Continuer");
  await poke(resident, "check page");
  await page.goto(at("1/"));
  await poke(resident, "page with its answers");
  await page.goto(at("verifier/"));
  await press(page, "Envoyer");
  await poke(resident, "confirmation");
  return (await page.locator("p.code").innerText()).trim().replaceAll("-", "");
};

const goThrough = async (options, payloads) => {
  const resident = await watched(options), office = await watched(options);
  await office.page.context().addCookies(agent);
  for (let from = 0; from < payloads.length; from += ids.length) {
    const batch = payloads.slice(from, from + ids.length);
    const code = await fileBatch(resident, (page) =>
      page.evaluate(([texts, first]) => texts.forEach((text, n) => (document.getElementById(`f${first + n}`).value = text)), [batch, ids[0]]));
    const q = new URLSearchParams({ q: batch[0] });
    for (const path of [`/agents/demandes/${code}/`, "/agents/demandes/", `/agents/demandes/?${q}`, `/recherche/?${q}`, "/courriels/"]) {
      await office.page.goto(counter.url(SITE, path));
      await poke(office, path);
    }
  }
  await resident.page.context().close();
  await office.page.context().close();
};

before(async () => {
  if (skip) return;
  counter.define(SITE, ...documents);
  counter.cli("user", "create", "--email", ADMIN, "--name", "Ada Min", "--site", SITE, "--admin", "--password", password);
  await counter.start();
  browser = await launch();
  const page = await (await person(browser)).newPage();
  await signIn(page, counter, SITE, ADMIN);
  agent = await page.context().cookies();
});
after(async () => {
  if (skip) return;
  await browser?.close();
  await counter.stop();
});

test("no script of a payload runs", { skip }, () => goThrough({}, sampled(80)));

test("nor would one without the security policy", { skip }, () => goThrough({ bypassCSP: true }, sampled(40)));

test("the watch sees a script that runs", { skip }, async () => {
  const open = await watched({ bypassCSP: true });
  await open.page.goto(counter.url(SITE, "/"));
  await open.page.evaluate(() => (document.querySelector("main").innerHTML = "<img src=x onerror=alert(1)>"));
  await open.page.waitForFunction(() => window.__ran === "alert");
  await assert.rejects(poke(open, "a page that is broken"));
});

test("files that hold scripts run none when they are opened", { skip }, async () => {
  const kinds = { "svg-script.svg": "image/svg+xml", "html-as-txt.txt": "text/html", "gif-js-polyglot.gif": "image/gif",
    "jpeg-html.jpg": "text/html", "pdf-js.pdf": "application/pdf", "utf7-html.txt": "text/html" };
  const resident = await watched({}), office = await watched({});
  await office.page.context().addCookies(agent);
  for (const [name, mimeType] of Object.entries(kinds)) {
    const code = await fileBatch(resident, (page) => page.locator("#f90").setInputFiles({ name, mimeType, buffer: readFileSync(join(hostile, name)) }));
    await office.page.goto(counter.url(SITE, `/agents/demandes/${code}/`));
    const url = await office.page.getByRole("link", { name }).getAttribute("href");
    const failure = await office.page.goto(counter.url(SITE, url)).then(() => null, (error) => error.message);
    if (failure) assert.match(failure, /Download is starting|ERR_ABORTED/, name);
    else assert.equal(await office.page.evaluate(() => window.__ran ?? null), null, name);
    assert.deepEqual(office.events, [], name);
  }
});

// Every page of every form of the corpus, on a phone, with and without JavaScript: as it first comes, with the errors of who sends it
// empty, filled in, checked and confirmed. Nothing that axe finds, nothing wider than 390 and 320 px, no error on the console.
// What is typed is what guichet rehearse files each form with (--open), which serves the copy of the site that is walked.
//   node --test tests/long/walk.test.mjs       WALK_FORMS=slug,slug: these only; GUICHET_SHOTS=FOLDER: pictures too
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chooseFromList, Counter, corpus, launch, paper, person, picture, release, root, violations, widthAt320 } from "../browser/support.mjs";

const folder = join(corpus, "publik");
const skip = existsSync(folder) ? false : `the corpus is not there: ${folder}`;
const only = process.env.WALK_FORMS, shots = process.env.GUICHET_SHOTS;
const MOST_STEPS = 120, MOST_RETURNS = 8, AT_ONCE = 2;
let browser, counter, rehearsal, report, told;

before(async () => {
  if (skip) return;
  counter = new Counter("sqlite", release);
  counter.cli("site", "set", join(root, "tests/support/commune.json"));
  counter.cli("import", "publik", folder, "--site", "commune");
  rehearsal = spawn(release, ["rehearse", "--site", "commune", "--open", ...(only ? ["--form", only] : []), ...counter.place], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((_, failed) => rehearsal.once("exit", (status) => failed(new Error(`guichet rehearse ended with ${status}`))));
  const lines = createInterface(rehearsal.stdout)[Symbol.asyncIterator](), next = async () => JSON.parse((await Promise.race([lines.next(), ended])).value);
  ended.catch(() => {});
  report = await next();
  let after = Promise.resolve();
  told = report.forms.map(() => (after = after.then(next))); // it files the next forms while the first are walked
  browser = await launch();
});
after(async () => {
  await browser?.close();
  if (rehearsal) {
    const ended = new Promise((done) => rehearsal.once("exit", done));
    rehearsal.stdin.end();
    assert.equal(await ended, 0);
  }
  await counter?.remove();
});

/** The next page, whose pictures from elsewhere are not waited for. */
const arrival = (page) => page.waitForNavigation({ waitUntil: "domcontentloaded" });

/** Searches long lists by other words until they show what is to be chosen, as the rehearsal does. */
const search = async (page, values) => {
  for (const word of ["", "a", "e", "rue", "1"])
    for (const button of await page.locator("main button[name=chercher]:visible").all()) {
      const list = await button.getAttribute("value"), wanted = values.find((one) => one.name === list);
      if (!wanted || (await page.evaluate(([name, value]) => [...document.getElementsByName(name)].some((one) => one.value === value), [list, wanted.value]))) continue;
      await page.locator(`[id="${list}"]`).fill(word);
      await Promise.all([arrival(page), button.click()]);
    }
};

/** A list that is searched while one types gives its choices to who types. */
const choose = async (page, values) => {
  for (const box of await page.locator("main [role=combobox][data-choose]:visible").all()) {
    const name = await box.getAttribute("data-choose");
    if (values.some((one) => one.name === name)) await chooseFromList(page, box.locator("xpath=ancestor::*[@data-field][1]"), box);
  }
};

/** Gives the controls that are on the screen what the rehearsal gave them. */
const give = async (page, values) => {
  const files = new Set(values.filter((one) => one.file).map((one) => one.name));
  for (let round = 0; round < 4; round++) {
    const changed = await page.evaluate((all) => {
      const form = document.querySelector("main form.fields"), of = (name) => all.filter((one) => one.name === name).map((one) => one.value);
      const known = new Set(all.map((one) => one.name));
      let changed = 0;
      const tell = (control, ...events) => {
        changed++;
        for (const event of events) control.dispatchEvent(new Event(event, { bubbles: true }));
      };
      for (const control of form.querySelectorAll("input:not([type=hidden],[type=file]),select,textarea")) {
        if (!control.name || control.dataset.choose || control.closest("[hidden]") || control.matches(":disabled") || control.readOnly) continue;
        const given = of(control.name);
        if (control.type === "checkbox" || control.type === "radio") {
          if (control.checked === given.includes(control.value) || (control.type === "radio" && !given.includes(control.value))) continue;
          control.click();
          changed++;
        } else if (known.has(control.name) && control.value !== given[0] && (control.tagName !== "SELECT" || [...control.options].some((option) => option.value === given[0]))) {
          control.value = given[0];
          if (control.value === given[0]) tell(control, "input", "change");
        }
      }
      return changed;
    }, values);
    for (const input of round === 0 ? await page.locator("main form.fields input[type=file]:visible").all() : [])
      if (files.has(await input.getAttribute("name"))) await input.setInputFiles(/image/.test((await input.getAttribute("accept")) ?? "") ? picture : paper);
    await choose(page, values);
    await page.locator("form[data-asking]").waitFor({ state: "detached" });
    if (!changed) return;
  }
};

/** Looks at pages; each that reads the same once a form. */
class Look {
  constructor(form, javaScriptEnabled) {
    Object.assign(this, { form, javaScriptEnabled, seen: new Set(), problems: new Set(), pages: 0 });
  }

  listen(page) {
    page.on("pageerror", (error) => this.problems.add(`${new URL(page.url()).pathname}: script: ${error.message}`));
    const isOurs = (message) => !message.location().url || new URL(message.location().url).hostname.endsWith(".localhost"); // no tile of a map comes here
    page.on("console", (message) => message.type() === "error" && isOurs(message) && !/status of 422|ERR_BLOCKED_BY_CLIENT/.test(message.text()) &&
      this.problems.add(`${new URL(page.url()).pathname}: console: ${message.text()} ${message.location().url}`));
  }

  async at(page, what) {
    const path = new URL(page.url()).pathname, text = await page.locator("body").innerText();
    if (this.seen.has(path + text)) return;
    this.seen.add(path + text);
    this.pages++;
    for (const violation of await violations(page)) this.problems.add(`${path} (${what}): ${violation}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) this.problems.add(`${path} (${what}): ${width} px wide at 390 px`);
    const narrow = await widthAt320(page);
    if (narrow > 320) this.problems.add(`${path} (${what}): ${narrow} px wide at 320 px`);
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${this.form}-${this.pages}-${what}${this.javaScriptEnabled ? "" : "-plain"}.png`), fullPage: true });
  }
}

const send = (page) => Promise.all([arrival(page), page.getByRole("button", { name: /^(Continuer|Envoyer)/ }).first().click()]);

/** One filing, from its first page to where it ended when it was rehearsed. */
const walk = async (page, look, filing, base) => {
  const steps = new Map(filing.steps.map((step) => [step.page, step.values]));
  await page.goto(new URL("commencer/", base).href, { waitUntil: "domcontentloaded" });
  let returns = 0, last = "";
  for (let step = 0; step < MOST_STEPS; step++) {
    const url = new URL(page.url());
    if (!url.href.startsWith(base) || url.pathname.includes("/merci/")) return await look.at(page, "done");
    const onward = page.getByRole("link", { name: "Continuer sans compte" });
    if (await onward.count()) {
      await look.at(page, "ways");
      await Promise.all([arrival(page), onward.click()]);
      continue;
    }
    returns = url.pathname === last ? returns + 1 : 0;
    last = url.pathname;
    if (returns > MOST_RETURNS) {
      if (filing.filed) look.problems.add(`${url.pathname}: does not pass as it did without a browser: ${await page.locator("main .error, main .errors").allInnerTexts()}`);
      return;
    }
    await look.at(page, returns ? "again" : "first");
    const asks = (await page.locator("main form.fields").count()) > 0, values = asks ? steps.get(url.pathname) : undefined; // the check page asks nothing
    if (values?.length && !look.seen.has(`empty ${url.pathname}`)) {
      look.seen.add(`empty ${url.pathname}`);
      await send(page);
      if (new URL(page.url()).pathname !== url.pathname) await page.goto(url.href, { waitUntil: "domcontentloaded" }); // it asks nothing that must be
      else await look.at(page, "errors");
    }
    if (values) {
      await search(page, values);
      await give(page, values);
    }
    await look.at(page, "filled");
    await send(page);
  }
  look.problems.add("no end");
};

/** axe is a script itself, and waits for timers, which Chromium stops with all scripts: ours alone are not fetched. (Nothing is
 * answered in their place: where Chromium holds requests back, it loses the files of a form.) */
const withoutOurs = async (page) => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setBlockedURLs", { urls: ["*.js", "*.js?*"] });
};

const walkForm = async (form, javaScriptEnabled) => {
  const look = new Look(form.form, javaScriptEnabled), base = new URL(`/demarches/${form.form}/`, report.url).href;
  for (const filing of form.filings) {
    const context = await person(browser, { bypassCSP: true });
    context.setDefaultTimeout(30000);
    if (filing.session) await context.addCookies([{ name: "session", value: filing.session, url: report.url }]);
    const page = await context.newPage();
    if (!javaScriptEnabled) await withoutOurs(page);
    page.on("dialog", (dialog) => dialog.accept());
    look.listen(page);
    try {
      await walk(page, look, filing, base);
    } catch (error) {
      const isElsewhere = filing.filed && /ERR_NAME_NOT_RESOLVED/.test(error.message); // a filing whose workflow leads to another site
      if (!isElsewhere) look.problems.add(`${new URL(page.url()).pathname}: ${error.message.slice(0, 600)}`);
    }
    await context.close();
  }
  return look;
};

for (const javaScriptEnabled of [true, false])
  test(`every form, ${javaScriptEnabled ? "with" : "without"} JavaScript`, { skip }, async (t) => {
    const waiting = [...told], began = Date.now();
    let pages = 0;
    const work = async () => {
      for (let next; (next = waiting.shift());) {
        const form = await next;
        await t.test(form.form, async () => {
          const look = await walkForm(form, javaScriptEnabled);
          pages += look.pages;
          assert.ok(look.pages > 0 || form.closed, "no page");
          assert.deepEqual([...look.problems], []);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    t.diagnostic(`${pages} pages looked at in ${Math.round((Date.now() - began) / 1000)} s`);
  });

// The main paths, at phone size, with and without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, file, launch, person, phone, signIn, treat } from "./support.mjs";

const counter = new Counter();
let browser;

before(async () => {
  counter.cli("demo", "--port", "0");
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
});

const isGraceful = (context) => context.setDefaultTimeout(20000);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  for (const slug of ["signalement-anomalie", "candidature-emploi"]) {
    test(`${slug} is filed without an account and treated to its end, ${how}`, async () => {
      const resident = await person(browser, { javaScriptEnabled }), agent = await person(browser, { javaScriptEnabled });
      isGraceful(resident);
      isGraceful(agent);
      resident.on("page", (page) => page.on("dialog", (dialog) => dialog.accept()));
      agent.on("page", (page) => page.on("dialog", (dialog) => dialog.accept()));
      const code = await file(await resident.newPage(), counter, "bron", slug);
      assert.match(code, /^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]$/);
      const office = await agent.newPage();
      await signIn(office, counter, "bron", "admin@bron.example");
      assert.ok(await treat(office, counter, "bron", code));
      await resident.close();
      await agent.close();
    });
  }
}

test("with an account the answers are filled in, and the request is found again", async () => {
  const resident = await person(browser);
  isGraceful(resident);
  const page = await resident.newPage();
  await signIn(page, counter, "vaulx-en-velin", "habitante@exemple.example");
  const code = await file(page, counter, "vaulx-en-velin", "candidature-emploi", async (shown) => {
    if (/\/2\/$/.test(shown.url())) assert.equal(await shown.inputValue("#f11"), "Dupont");
  });
  await page.goto(counter.url("vaulx-en-velin", "/mon-compte/demandes/"));
  assert.match(await page.locator("main").innerText(), new RegExp(code));
  await resident.close();
});

test("a request is followed with its number and address; a wrong pair says nothing", async () => {
  const resident = await person(browser);
  isGraceful(resident);
  const page = await resident.newPage();
  const code = await file(page, counter, "lyon", "signalement-anomalie");
  for (const [address, expected] of [["autre@example.org", /Nous ne trouvons pas/], ["jeanne.dupont@example.org", /Numéro de suivi/]]) {
    await page.goto(counter.url("lyon", "/suivre/"));
    await page.fill("#numero", code);
    await page.fill("#courriel", address);
    await Promise.all([page.waitForNavigation(), page.click("main button[type=submit]")]);
    assert.match(await page.locator("main").innerText(), expected);
  }
  await resident.close();
});

test("what an answer asks for appears without leaving the page", async () => {
  const resident = await person(browser, { viewport: phone });
  isGraceful(resident);
  const page = await resident.newPage();
  await page.goto(counter.url("bron", "/demarches/signalement-anomalie/1/"));
  await page.fill("#f2", "12 rue de la République");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Continuer" }).click()]);
  const problem = page.locator("[data-field='8']");
  assert.equal(await problem.isVisible(), false);
  await page.getByLabel("Éclairage public").check();
  await problem.waitFor({ state: "visible" });
  await resident.close();
});

test("two clicks on send file one request", async () => {
  const resident = await person(browser);
  isGraceful(resident);
  const page = await resident.newPage();
  await page.goto(counter.url("dardilly", "/demarches/signalement-anomalie/1/"));
  const filed = await file(page, counter, "dardilly", "signalement-anomalie", async (shown) => {
    if (!/verifier/.test(shown.url())) return;
    const form = await shown.locator("form[action$='/envoyer/']").evaluate((node) => [...new FormData(node)]);
    await shown.evaluate(async ([body, action]) => {
      await Promise.all([1, 2].map(() => fetch(action, { method: "POST", body: new URLSearchParams(body), redirect: "manual" })));
    }, [form, "../envoyer/"]);
  });
  assert.ok(filed);
  const agent = await person(browser);
  const office = await agent.newPage();
  await signIn(office, counter, "dardilly", "admin@dardilly.example");
  await office.goto(counter.url("dardilly", "/agents/demandes/"));
  assert.equal(await office.locator("tbody tr").count(), 1);
  await resident.close();
  await agent.close();
});

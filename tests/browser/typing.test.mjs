// While a page is typed in: the draft is kept, a mistake is said, a lost connection loses nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, fill, launch, person } from "./support.mjs";

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

const begin = async (slug = "candidature-emploi", number = 2) => {
  const resident = await person(browser);
  resident.setDefaultTimeout(20000);
  const page = await resident.newPage();
  await page.goto(counter.url("bron", `/demarches/${slug}/1/`));
  for (let at = 1; at < number; at++) {
    await fill(page, 1);
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Continuer" }).click()]);
  }
  return { resident, page };
};
const isKept = (page) => page.getByText(/^Brouillon enregistré à \d+ h \d\d\.$/).waitFor();

test("what is typed is kept without pressing anything, and found again", async () => {
  const { resident, page } = await begin();
  await page.fill("#f11", "Durand");
  await isKept(page);
  await page.fill("#f12", "Ève");
  await page.waitForFunction(() => !document.querySelector("[data-asking]"));
  const again = await resident.newPage();
  await again.goto(page.url());
  assert.equal(await again.inputValue("#f11"), "Durand");
  assert.equal(await again.inputValue("#f12"), "Ève");
  await resident.close();
});

test("a mistake is said when its control is left, and goes when it is mended", async () => {
  const { resident, page } = await begin();
  const email = page.locator("input[type=email]");
  await email.fill("ève.exemple");
  await page.waitForFunction(() => !document.querySelector("[data-asking]"));
  assert.equal(await page.locator("p.error").count(), 0);
  await page.locator("#f11").focus();
  await page.locator("p.error", { hasText: "@" }).waitFor();
  assert.equal(await email.getAttribute("aria-invalid"), "true");
  await email.fill("eve@example.org");
  await page.locator("p.error").waitFor({ state: "detached" });
  assert.equal(await email.getAttribute("aria-invalid"), null);
  await resident.close();
});

test("a lost connection keeps what was typed, says so, and catches up", async () => {
  const { resident, page } = await begin();
  await page.fill("#f11", "Durand");
  await isKept(page);
  await resident.setOffline(true);
  await page.fill("#f12", "Ève");
  await page.getByText("Vos dernières réponses ne sont pas enregistrées").waitFor();
  await page.getByRole("button", { name: "Continuer" }).click();
  assert.match(page.url(), /\/2\/$/);
  assert.equal(await page.inputValue("#f12"), "Ève");
  await resident.setOffline(false);
  await isKept(page);
  assert.equal(await page.locator(".draft-lost").innerText(), "");
  await resident.close();
});

test("a page that is loaded anew takes back what the server does not have", async () => {
  const { resident, page } = await begin();
  await page.route("**/direct/", (route) => route.abort());
  await page.fill("#f11", "Durand");
  await page.getByText("Vos dernières réponses ne sont pas enregistrées").waitFor();
  await page.unroute("**/direct/");
  await page.reload();
  assert.equal(await page.inputValue("#f11"), "Durand");
  await isKept(page);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await resident.close();
});

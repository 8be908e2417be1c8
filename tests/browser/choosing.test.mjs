// Ranks, hours of an agenda and passwords: by hand on a phone, with and without JavaScript, accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, fill, go, launch, look, tab } from "./support.mjs";

const hours = ["09:00", "09:30", "10:00", "10:30", "11:00"].map((hour, n) => ({ hour, status: n === 2 ? "booked" : n === 4 ? "closed" : "free" }));
const agenda = ["2027-03-12", "2027-03-15"].map((id) => ({ id, text: id, opening_hours: hours }));
const form = {
  kind: "form", slug: "essai", name: "Salle des fêtes", workflow: "_default", confirmation: true,
  fields: [
    { id: "1", type: "ranked-items", label: "Classez les activités", hint: "La première est celle que vous préférez.", items: ["Piscine", "Théâtre", "Visite du musée d’histoire naturelle"] },
    { id: "2", type: "time-range", label: "Quand voulez-vous la salle ?", source: { type: "fixed", value: agenda } },
    { id: "3", type: "password", label: "Mot de passe du Wi-Fi", required: "optional", count_digit: 1 },
  ],
};
const secret = "Un cheval 7 fois rose !";

const counter = new Counter();
let browser;

before(async () => {
  counter.site({ slug: "ville", name: "Ville", kind: "commune", hosts: ["ville.localhost"], settings: {} });
  counter.define("ville", form);
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
});

const begin = async (options = {}) => {
  const page = await tab(browser, options);
  await page.goto(counter.url("ville", "/demarches/essai/1/"));
  return page;
};

for (const javaScriptEnabled of [true, false])
  test(`all of it is chosen ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const page = await begin({ javaScriptEnabled }), live = [];
    page.on("request", (request) => request.url().endsWith("/direct/") && live.push(request.postData() ?? ""));
    if (javaScriptEnabled) await look(page, "choosing");
    await page.getByLabel("Piscine").selectOption("1");
    await page.getByLabel("Théâtre").selectOption("1");
    await page.getByLabel("Jour").selectOption("2027-03-15");
    await page.getByLabel("De", { exact: true }).selectOption("09:30");
    await page.getByLabel("À", { exact: true }).selectOption("11:00");
    await page.getByLabel("Mot de passe du Wi-Fi").fill("court");
    await go(page);
    for (const link of ["ont le même rang", "Ces heures ne sont pas libres", "Le mot de passe doit contenir 12 caractères ou plus, 1 chiffre"])
      assert.ok((await page.innerText(".error-summary")).replaceAll("\u00a0", " ").includes(link), link);
    for (const link of await page.locator(".error-summary a").all())
      assert.equal(await page.locator((await link.getAttribute("href"))).count(), 1);
    if (javaScriptEnabled) await look(page, "choosing-errors");
    assert.equal(await page.getByLabel("Piscine").inputValue(), "1");
    assert.equal(await page.getByLabel("De", { exact: true }).inputValue(), "09:30");
    assert.equal(await page.locator("#f3").inputValue(), "");
    await page.getByLabel("Théâtre").selectOption("3");
    await page.getByLabel("Visite du musée").selectOption("2");
    await page.getByLabel("À", { exact: true }).selectOption("10:00");
    await page.locator("#f3").fill(secret);
    await page.locator("#f3-confirmation").fill(secret);
    if (javaScriptEnabled) {
      await page.locator("[data-field='1'].in-error").waitFor({ state: "detached" });
      await page.locator("form[data-asking]").waitFor({ state: "detached" });
      assert.ok(live.length > 0 && live.every((body) => !body.includes("cheval")), "a password goes when the page is sent, not before");
    }
    await go(page);
    const answers = (await page.innerText("main")).replaceAll("\u00a0", " ");
    for (const text of ["Le 15/03/2027 de 9 h 30 à 10 h", "●●●●●●●●"]) assert.ok(answers.includes(text), `${text}: ${answers}`);
    assert.deepEqual(await page.locator(".answers ol li").allInnerTexts(), ["Piscine", "Visite du musée d’histoire naturelle", "Théâtre"]);
    if (javaScriptEnabled) await look(page, "choosing-check");
    await page.getByRole("link", { name: /Modifier Mot de passe/ }).click();
    await page.getByText("Un mot de passe est déjà choisi").waitFor();
    if (javaScriptEnabled) await look(page, "choosing-again");
    await go(page);
    await go(page, "Envoyer ma demande");
    assert.match(await page.innerText("p.code"), /-/);
    await page.context().close();
  });

test("whoever fills forms by their labels fills these too", async () => {
  const page = await begin();
  await fill(page);
  await go(page);
  if (!/verifier/.test(page.url())) {
    await fill(page, 1);
    await go(page);
  }
  assert.match(page.url(), /verifier/);
  await page.context().close();
});

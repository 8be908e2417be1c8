// The twelve main pages at phone and desktop size into build/screenshots/, and the README's picture.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Counter, desktop, file, launch, person, phone, root, signIn } from "./support.mjs";

const folder = join(root, "build/screenshots");
mkdirSync(folder, { recursive: true });
mkdirSync(join(root, "docs/images"), { recursive: true });
const counter = new Counter();
counter.cli("demo", "--port", "0");
await counter.start();
const browser = await launch();

const take = async (page, name) => {
  for (const [size, viewport] of [["phone", phone], ["desktop", desktop]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(folder, `${name}-${size}.png`), fullPage: true });
  }
};

const resident = await (await person(browser)).newPage();
for (const [name, path] of [["01-home", "/"], ["02-catalogue", "/demarches/"], ["03-sheet", "/demarches/signalement-anomalie/"], ["04-sign-in", "/connexion/"]]) {
  await resident.goto(counter.url("vaulx-en-velin", path));
  await take(resident, name);
}
await signIn(resident, counter, "vaulx-en-velin", "habitante@exemple.example");
const code = await file(resident, counter, "vaulx-en-velin", "candidature-emploi", async (page) => {
  if (/\/2\/$/.test(page.url())) await take(page, "05-page");
  if (/\/verifier\//.test(page.url())) await take(page, "07-check");
  if (/\/merci\//.test(page.url())) await take(page, "08-thanks");
});
await resident.goto(counter.url("vaulx-en-velin", "/demarches/signalement-anomalie/1/"));
await Promise.all([resident.waitForNavigation(), resident.getByRole("button", { name: "Continuer" }).click()]);
await take(resident, "06-errors");
await resident.goto(counter.url("vaulx-en-velin", "/mon-compte/"));
await take(resident, "09-account");
await resident.goto(counter.url("vaulx-en-velin", `/mon-compte/demandes/${code.replaceAll("-", "")}/`));
await take(resident, "10-request");

const agent = await (await person(browser)).newPage();
await signIn(agent, counter, "vaulx-en-velin", "admin@vaulx-en-velin.example");
await agent.goto(counter.url("vaulx-en-velin", "/agents/demandes/"));
await take(agent, "11-list");
await agent.goto(counter.url("vaulx-en-velin", `/agents/demandes/${code.replaceAll("-", "")}/`));
await take(agent, "12-office");

const dark = await (await person(browser, { colorScheme: "dark" })).newPage();
await dark.goto(counter.url("vaulx-en-velin", "/"));
await dark.screenshot({ path: join(folder, "13-home-dark-phone.png"), fullPage: true });

// The README's: a phone and a desktop side by side, composed by the browser itself.
const shot = async (path, viewport) => {
  const page = await (await person(browser, { viewport })).newPage();
  await page.goto(counter.url("vaulx-en-velin", path));
  return (await page.screenshot()).toString("base64");
};
const narrow = await shot("/demarches/signalement-anomalie/", phone), wide = await shot("/", desktop);
const frame = await (await person(browser, { viewport: { width: 1200, height: 640 } })).newPage();
await frame.setContent(`<body style="margin:0;background:#e9e9e6;display:flex;gap:40px;align-items:center;justify-content:center;height:640px">
<img style="width:800px;border:1px solid #999" src="data:image/png;base64,${wide}"><img style="height:560px;border:1px solid #999" src="data:image/png;base64,${narrow}"></body>`);
await frame.screenshot({ path: join(root, "docs/images/readme.png") });

await browser.close();
await counter.stop();

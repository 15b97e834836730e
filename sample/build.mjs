// Writes dist/index.html from page.txt: its first line is the title, the rest are paragraphs.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&<>]/g, (character) => ENTITIES[character]);

const [title, ...paragraphs] = readFileSync("page.txt", "utf8").trimEnd().split("\n").map(escaped);
const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<h1>${title}</h1>
${paragraphs.map((text) => `<p>${text}</p>`).join("\n")}
</html>
`;
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", html);

// node sentences.mjs CORPORA EVAL MORE OUTPUT - held-out sentences with their readings for bench/speller: one a line,
// set TAB characters TAB "tui4 kuan3". Of the open corpora only lines that were kept out of training.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { corpora, isKeptOut, pieces } from "./corpora.mjs";
import { syllable } from "./words.mjs";

const require = createRequire(new URL("../pinyin/generate.mjs", import.meta.url));
const { pinyin, addDict } = require("pinyin-pro");
addDict(require("@pinyin-pro/data/complete.json"));
const MOST = 1500; // pieces a set

const [folder, others, more, output] = process.argv.slice(2);
const lines = [];

function reading(piece) {
    const said = pinyin(piece, { type: "array" }).map(syllable);
    const readable = said.length === piece.length && said.every(([s]) => /^[a-z]{1,6}$/.test(s));
    return readable ? said.map(([s, tone], i) => (piece[i] === "一" ? "yi1" : piece[i] === "不" ? "bu4" : s + tone)).join(" ") : undefined;
}

function take(set, texts) {
    const seen = new Set(), found = [];
    for (const text of texts)
        for (const piece of pieces(text)) {
            if (piece.length < 3 || piece.length > 40 || seen.has(piece)) continue;
            seen.add(piece);
            found.push(piece);
        }
    const step = Math.max(1, Math.floor(found.length / MOST)); // from all over the set
    found.filter((_, i) => i % step === 0).slice(0, MOST).forEach((piece) => {
        const sounds = reading(piece);
        if (sounds) lines.push(`${set}\t${piece}\t${sounds}`);
    });
}

for (const { name, lines: texts } of corpora(folder, more)) if (name !== "service") take(name, texts.filter(isKeptOut));
const chats = readFileSync(`${others}/jddc/chat_dev.txt`, "utf8").split("\n").map((row) => row.split("\t"));
const spoken = (row) => (row[6] ?? "").replace(/\[[^\]]*\]/g, ",");
take("jddc-agent", chats.filter((row) => row[2] === "1").map(spoken));
take("jddc-customer", chats.filter((row) => row[2] === "0").map(spoken));
take("waimai", readFileSync(`${others}/waimai/waimai_10k.csv`, "utf8").split("\n").map((row) => row.slice(2)));
const book = execFileSync("unzip", ["-p", `${others}/civic-complaints/complaints.xlsx`, "xl/sharedStrings.xml"], { maxBuffer: 1 << 28 });
take("civic", [...String(book).matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map((m) => m[1]));
writeFileSync(output, lines.join("\n") + "\n");

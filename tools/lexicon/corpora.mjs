// The texts that the figures are learnt from, as lines of Chinese characters; a tenth of every text is kept out for
// measuring. Which, whose, and under which licence: models/README.md.
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";

const DIGITS = "零一二三四五六七八九";
const TRADITIONAL = /[這們個還說時會對來為麼樣點開過後裡價機電話話點題實發與讓應該]/; // read as simplified they would teach nonsense

// 12 -> 十二, 305 -> 三百零五; longer ones digit by digit.
function spokenNumber(digits, next) {
    if (digits === "2" && /[个小天年次位种件台张块份套]/.test(next)) return "两";
    if (digits.length > 4 || /^0./.test(digits)) return [...digits].map((d) => DIGITS[d]).join("");
    const units = ["", "十", "百", "千"];
    let said = "";
    [...digits].forEach((digit, i) => {
        if (digit !== "0") said += DIGITS[digit] + units[digits.length - 1 - i];
        else if (said && !said.endsWith("零") && Number(digits.slice(i))) said += "零";
    });
    return (said || "零").replace(/^一十/, "十");
}

// Pieces between marks, numbers as they are spoken; letters end a piece.
export function* pieces(line) {
    const spoken = line.normalize("NFKC").replace(/(\d+)(?=(.?))/gu, (all, digits, next) => spokenNumber(digits, next));
    for (const [piece] of spoken.matchAll(/[\u4e00-\u9fff]+/gu)) yield piece;
}

export const isKeptOut = (line) => createHash("sha1").update(line).digest()[0] % 10 === 0;

function* tsvColumn(path, column) {
    for (const row of readFileSync(path, "utf8").split("\n").slice(1)) yield row.split("\t").slice(column).join(" ");
}

// Utterances of CPED are the rest of the row behind eleven commas or so: its own column is the last.
function* csvLast(path) {
    for (const row of readFileSync(path, "utf8").split(/\r?\n/).slice(1)) {
        const quoted = row.match(/,"(.*)"$/);
        yield quoted ? quoted[1] : row.slice(row.lastIndexOf(",") + 1);
    }
}

function* crosswoz(path) {
    const seen = new Set();
    for (const dialogue of Object.values(JSON.parse(readFileSync(path, "utf8"))))
        for (const { content } of dialogue.messages ?? [])
            if (!seen.has(content)) {
                seen.add(content);
                yield content;
            }
}

// Sentences of our own: each {one|or other} once at least, beside ever others.
function* service(path) {
    for (const line of readFileSync(path, "utf8").split("\n")) {
        if (!line || line.startsWith("#")) continue;
        const choices = [...line.matchAll(/\{([^}]*)\}/g)].map((m) => m[1].split("|"));
        const times = Math.max(1, ...choices.map((c) => c.length)) * 3;
        for (let time = 0; time < times; time++) {
            let at = 0;
            yield line.replace(/\{[^}]*\}/g, () => {
                const choice = choices[at++];
                return choice[(time * (at === 1 ? 1 : 2 * at + 1) + Math.floor(time / choice.length) * at) % choice.length];
            });
        }
    }
}

const plain = (path) => readFileSync(path, "utf8").split("\n");

// name, how much one line counts, its lines. folder: the open corpora; more: what make.mjs was given beside them.
export function* corpora(folder, more) {
    const here = new URL(".", import.meta.url).pathname;
    const all = [
        ["crosswoz", 1, () => crosswoz(`${folder}/crosswoz/val.json`), `${folder}/crosswoz/val.json`],
        ["cped", 4, () => csvLast(`${folder}/cped/valid_split.csv`), `${folder}/cped/valid_split.csv`],
        ["chnsenticorp", 1, () => tsvColumn(`${folder}/chnsenticorp/train.tsv`, 1), `${folder}/chnsenticorp/train.tsv`],
        ["reviews", 1, () => [...plain(`${more}/pos.txt`), ...plain(`${more}/neg.txt`)], `${more}/pos.txt`],
        ["service", 3, () => service(`${here}/service.txt`), `${here}/service.txt`],
    ];
    for (const [name, weight, lines, needs] of all) {
        if (!existsSync(needs)) {
            console.error(`${name}: ${needs} is not there; left out`);
            continue;
        }
        yield { name, weight, lines: [...lines()].filter((line) => line && !TRADITIONAL.test(line)) };
    }
}

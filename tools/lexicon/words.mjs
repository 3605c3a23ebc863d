// The words that there are: jieba's dictionary (MIT), HanLP's core dictionary (Apache-2.0), places, and our own;
// how they are read: pinyin-pro (MIT), @pinyin-pro/data (ISC), tools/pinyin/phrases.txt.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../pinyin/generate.mjs", import.meta.url));
const { pinyin } = require("pinyin-pro");
const WORDS = require("@pinyin-pro/data/complete.json");
export const LONGEST = 6; // characters a word; equal to LEXICON_LONGEST in src/speech/lexicon.h
const OWN = ownReadings();

function ownReadings() {
    const own = new Map();
    for (const line of readFileSync(new URL("../pinyin/phrases.txt", import.meta.url), "utf8").split("\n")) {
        if (!line.trim() || line.startsWith("#")) continue;
        const [phrase, ...reading] = line.trim().split(/ +/);
        own.set(phrase, reading);
    }
    return own;
}

const MARKS = { "\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4 };

// "tuì" -> ["tui", 4]
export function syllable(reading) {
    let tone = 5, plain = "";
    for (const c of reading.normalize("NFD").replace(/u\u0308/g, "v").replace(/ü/g, "v"))
        if (MARKS[c]) tone = MARKS[c];
        else plain += c;
    plain = plain.replace(/^([ln])ve$/, "$1ue");
    if (plain === "n" || plain === "ng" || plain === "m") plain = "en"; // 嗯
    return [plain, tone];
}

// 一 and 不 change their tone with what follows: each is kept as it is alone, the speller knows it.
function settle(character, sound) {
    if (character === "一" && sound[0] === "yi") return ["yi", 1];
    if (character === "不" && sound[0] === "bu") return ["bu", 4];
    return sound;
}

// [[sound, tone], ...] of a word; undefined: it can't be read.
export function read(word) {
    const characters = [...word];
    const said = (WORDS[word]?.[0] ?? pinyin(word, { nonZh: "removed" })).split(" ").map(syllable);
    if (said.length !== characters.length || said.some(([s]) => !/^[a-z]{1,6}$/.test(s))) return undefined;
    const own = OWN.get(word);
    return said.map((sound, i) => settle(characters[i], own ? [own[i], sound[1]] : OWN.has(characters[i]) ? [OWN.get(characters[i])[0], sound[1]] : sound));
}

// Every other reading of a character alone.
export function otherReadings(character, main) {
    const all = pinyin(character, { multiple: true, type: "array" }).map(syllable);
    const seen = new Set([main.join("")]);
    return all.filter((sound) => /^[a-z]{1,6}$/.test(sound[0]) && !seen.has(sound.join("")) && seen.add(sound.join("")));
}

const isHan = (word) => /^[\u4e00-\u9fff]+$/.test(word) && word.length <= LONGEST;

function* dictionary(path, separator) {
    if (!existsSync(path)) return console.error(`${path} is not there; left out`);
    for (const line of readFileSync(path, "utf8").split("\n")) {
        const [word, count] = line.split(separator);
        if (isHan(word ?? "") && Number(count)) yield [word, Number(count)];
    }
}

// word -> how often, in a hundred million characters or so of news and novels
export function vocabulary(folder, more) {
    const counts = new Map();
    const add = (word, count) => counts.set(word, Math.max(counts.get(word) ?? 0, count));
    for (const [word, count] of dictionary(`${folder}/jieba/dict.txt`, " ")) add(word, count);
    for (const [word, count] of dictionary(`${more}/hanlp-unigram.tsv`, "\t")) add(word, count * 4);
    const own = new URL("words.txt", import.meta.url);
    if (existsSync(own))
        for (const word of readFileSync(own, "utf8").split(/\s+/)) if (isHan(word)) add(word, 200);
    for (const kind of ["provinces", "cities", "areas"])
        for (const { name } of JSON.parse(readFileSync(`${folder}/divisions/${kind}.json`, "utf8")))
            for (const form of [name, name.replace(/(?:特别行政区|自治区|省|市|区|县)$/u, "")])
                if (form.length > 1 && isHan(form)) add(form, 20);
    return counts;
}

// tools/pinyin/generate.mjs OUTPUT - writes OUTPUT, the C tables of src/text/pinyin_table.h: how characters and phrases
// are read, without tones. Readings and how frequent a word is come from the npm packages pinyin-pro (MIT, characters)
// and @pinyin-pro/data (ISC, words); phrases.txt beside this file is our own and wins. The same input gives the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const { pinyin } = await import("pinyin-pro");
const WORDS = createRequire(import.meta.url)("@pinyin-pro/data/complete.json");

const FIRST = 0x3400, LAST = 0x9fff; // the range with one entry a character; others are looked up by code point
const OTHERS = [[0x3007, 0x3007], [0xf900, 0xfaff], [0x20000, 0x323af]];
const LONGEST = 8; // characters a phrase; equal to PINYIN_LONGEST in src/text/pinyin_table.h
// A regular word (each character read as it is alone) is kept when it may stand where an irregular one seems to begin
// (为了 before 解决: not 了解) and is at least this frequent. So 1 character in 16,000 of shop and bank questions is read
// otherwise than by a segmentation that knows every word and its frequency; with no rival it is 1 in 10,800, and 1 in 64
// when characters are read alone.
const LEAST_FREQUENT = 1e-5;
const UNSEEN = 1e-10; // the share of a character that is no word of its own

const INITIALS = ["", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s", "y", "w"];
const FINALS = "a o e i u v ai ei ui ao ou iu ie ue ve er an en in un vn ang eng ing ong ia iao ian iang iong ua uo uai uan uang van m n ng".split(" ");

const bare = (reading) =>
    reading.normalize("NFD").replace(/u\u0308/g, "v").replace(/[\u0300-\u036f]/g, "").replace(/ü/g, "v").replace(/^([ln])ue$/, "$1ve");
const syllables = (reading) => reading.split(" ").map(bare);
const hex = (value) => "0x" + value.toString(16);

// A syllable as two bytes: which initial, which final.
function sound(syllable) {
    const initial = INITIALS.findLastIndex((i) => i && syllable.startsWith(i) && FINALS.includes(syllable.slice(i.length)));
    const place = Math.max(initial, 0);
    const final = FINALS.indexOf(syllable.slice(INITIALS[place].length));
    if (final < 0) throw new Error(`no syllable of Mandarin: ${syllable}`);
    return ((0x80 + place) << 8) | (0xc0 + final);
}

const own = ownPhrases();

// How the packages read a character alone; undefined: not at all.
function packagedAlone(character) {
    const plain = character.normalize("NFKC");
    const reading = WORDS[plain]?.[0] ?? pinyin(plain);
    return reading === plain ? undefined : bare(reading);
}

// How we do.
const alone = new Map();
function readAlone(character) {
    if (!alone.has(character)) alone.set(character, own.get(character)?.[0] ?? packagedAlone(character));
    return alone.get(character);
}

function ownPhrases() {
    const lines = readFileSync(new URL("phrases.txt", import.meta.url), "utf8").split("\n");
    const phrases = lines.flatMap((line, i) => {
        if (!line.trim() || line.startsWith("#")) return [];
        const [phrase, ...reading] = line.trim().split(/ +/);
        if (phrase.length !== reading.length || phrase.length > LONGEST)
            throw new Error(`phrases.txt:${i + 1}: at most ${LONGEST} characters, each with its syllable`);
        return [[phrase, reading]];
    });
    return new Map(phrases);
}

// Words that the tables can hold: word -> { reading, share }.
function packagedWords() {
    const words = new Map();
    let total = 0;
    for (const [, share] of Object.values(WORDS)) total += share;
    for (const [word, [reading, share]] of Object.entries(WORDS)) {
        const units = [...word];
        if (units.length > LONGEST || units.some((c) => c.charCodeAt(0) < FIRST || c.charCodeAt(0) > LAST || c.length > 1)) continue;
        // Where the packages read a character as they do alone, our own reading of it holds: 嗯嗯 is en en.
        const isOurs = (syllable, i) => own.has(units[i]) && syllable === packagedAlone(units[i]);
        const said = syllables(reading).map((syllable, i) => (isOurs(syllable, i) ? readAlone(units[i]) : syllable));
        if (said.length === units.length) words.set(word, { reading: said, share: share / total });
    }
    return words;
}

// The likeliest way to see the word as shorter ones; log of its probability.
function bestSplit(word, words) {
    const best = new Array(word.length + 1).fill(-Infinity);
    best[0] = 0;
    for (let from = 0; from < word.length; from++)
        for (let to = from + 1; to <= word.length && to - from < word.length; to++) {
            const found = words.get(word.slice(from, to));
            if (!found && to - from > 1) continue;
            best[to] = Math.max(best[to], best[from] + Math.log(found?.share || UNSEEN));
        }
    return best[word.length];
}

// The phrases worth a place: irregular ones that are a word rather than two (天都 is 天 and 都), and their rivals.
function choosePhrases(words) {
    const chosen = new Map([...own].filter(([phrase]) => phrase.length > 1));
    const begins = new Set();
    for (const [word, { reading, share }] of words) {
        if (word.length < 2 || [...word].every((c, i) => readAlone(c) === reading[i])) continue;
        if (Math.log(share) < bestSplit(word, words)) continue;
        if (!chosen.has(word)) chosen.set(word, reading);
    }
    for (const word of chosen.keys()) for (let n = 1; n < word.length; n++) begins.add(word.slice(0, n));
    for (const [word, { reading, share }] of words) {
        if (word.length < 2 || share < LEAST_FREQUENT || chosen.has(word)) continue;
        for (let n = 1; n < word.length; n++)
            if (begins.has(word.slice(-n))) {
                chosen.set(word, reading);
                break;
            }
    }
    return [...chosen].sort(([a], [b]) => (a < b ? -1 : 1));
}

// A trie: from a node over a character to a child; phrase is where the phrase that ends there has its sounds.
function makeTrie(phrases) {
    const children = new Map(), edges = [], firsts = new Map(), pool = [0], places = new Map();
    let nodes = 0;
    const poolPlace = (reading) => {
        const key = reading.join(" ");
        if (!places.has(key)) {
            places.set(key, pool.length);
            pool.push(...reading.map(sound));
        }
        return places.get(key);
    };
    for (const [phrase, reading] of phrases) {
        const first = phrase.charCodeAt(0);
        if (!firsts.has(first)) firsts.set(first, ++nodes);
        let node = firsts.get(first);
        for (let i = 1; i < phrase.length; i++) {
            const key = node * 0x10000 + phrase.charCodeAt(i);
            if (!children.has(key)) {
                const edge = { node, character: phrase.charCodeAt(i), child: ++nodes, phrase: 0 };
                children.set(key, edge);
                edges.push(edge);
            }
            const edge = children.get(key);
            node = edge.child;
            if (i === phrase.length - 1) edge.phrase = poolPlace(reading);
        }
    }
    if (nodes > 0xffff || pool.length > 0xffff) throw new Error(`${nodes} nodes, ${pool.length} sounds: more than 16 bits`);
    return { edges, firsts, pool };
}

// Open addressing; the same hash as edge_slot() in src/text/pinyin.c.
function makeSlots(edges) {
    const bits = Math.ceil(Math.log2(edges.length * 1.5));
    const slots = new Array(1 << bits).fill(null);
    for (const edge of edges) {
        let slot = Math.imul(edge.node * 0x10000 + edge.character, 0x9e3779b1) >>> (32 - bits);
        while (slots[slot]) slot = (slot + 1) & ((1 << bits) - 1);
        slots[slot] = edge;
    }
    return { bits, slots };
}

function rows(values, each = 24) {
    const lines = [];
    for (let i = 0; i < values.length; i += each) lines.push(values.slice(i, i + each).join(","));
    return lines.join(",\n");
}

function main(output) {
    const phrases = choosePhrases(packagedWords());
    const { edges, firsts, pool } = makeTrie(phrases);
    const { bits, slots } = makeSlots(edges);

    const used = new Map(); // sound -> syllable
    const soundAlone = (code) => {
        const reading = readAlone(String.fromCodePoint(code));
        if (reading) used.set(sound(reading), reading);
        return reading ? sound(reading) : 0;
    };
    const readings = [], starts = [], others = [];
    for (let code = FIRST; code <= LAST; code++) {
        readings.push(soundAlone(code));
        starts.push(firsts.get(code) ?? 0);
    }
    for (const [from, to] of OTHERS)
        for (let code = from; code <= to; code++) {
            const said = soundAlone(code);
            if (said) others.push(`{${hex(code)},${said}}`);
        }
    for (const [, reading] of phrases) for (const syllable of reading) used.set(sound(syllable), syllable);
    const names = INITIALS.map((_, i) => FINALS.map((_, f) => JSON.stringify(used.get(((0x80 + i) << 8) | (0xc0 + f)) ?? "")));

    writeFileSync(output, `/* Generated by tools/pinyin/generate.mjs. Readings: pinyin-pro (MIT) and @pinyin-pro/data (ISC). */
#include "text/pinyin_table.h"
_Static_assert(PINYIN_LAST - PINYIN_FIRST + 1 == ${readings.length} && PINYIN_LONGEST == ${LONGEST}, "the generator's limits");
_Static_assert(PINYIN_INITIALS == ${INITIALS.length} && PINYIN_FINALS == ${FINALS.length}, "the generator's syllables");
const uint16_t pinyin_readings[] = {${rows(readings)}};
const uint16_t pinyin_starts[] = {${rows(starts)}};
const uint32_t pinyin_other_count = ${others.length};
const cs_pinyin_other pinyin_others[] = {${rows(others)}};
const unsigned pinyin_edge_bits = ${bits};
const cs_pinyin_edge pinyin_edges[] = {${rows(slots.map((e) => (e ? `{${e.node},${e.character},${e.child},${e.phrase}}` : "{0}")), 12)}};
const uint16_t pinyin_phrases[] = {${rows(pool)}};
const char pinyin_syllables[PINYIN_INITIALS][PINYIN_FINALS][PINYIN_SYLLABLE_BYTES] = {${names.map((row) => `{${row.join(",")}}`).join(",\n")}};
`);
    console.log(`${readings.filter(Boolean).length + others.length} characters, ${phrases.length} phrases in ${edges.length} edges, ${used.size} syllables`);
}

if (process.argv.length !== 3) {
    console.error("usage: node tools/pinyin/generate.mjs OUTPUT");
    process.exit(2);
}
main(process.argv[2]);

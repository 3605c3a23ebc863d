// The file of src/speech/lexicon.h: a tree of syllables, the words at its nodes, which words follow which.
import { writeFileSync } from "node:fs";
import { EDGE } from "./train.mjs";

const SCALE = 12; // steps a nat; equal to LEXICON_SCALE in src/speech/lexicon.h
const NAME_BYTES = 8;
const quantise = (cost) => Math.max(0, Math.min(255, Math.round(cost * SCALE)));

// Nodes level by level, children sorted by syllable: node i has the children child[i] to child[i + 1].
function makeTree(entries) {
    const root = { children: new Map(), words: [] };
    for (const entry of entries) {
        let node = root;
        for (const id of entry.ids) {
            if (!node.children.has(id)) node.children.set(id, { id, children: new Map(), words: [] });
            node = node.children.get(id);
        }
        node.words.push(entry);
    }
    const nodes = [root];
    for (let i = 0; i < nodes.length; i++) {
        nodes[i].child = nodes.length;
        nodes.push(...[...nodes[i].children.values()].sort((a, b) => a.id - b.id));
    }
    return nodes;
}

function number(nodes) {
    const words = [];
    for (const node of nodes) {
        node.word = words.length;
        node.words.sort((a, b) => a.cost - b.cost || (a.text < b.text ? -1 : 1));
        for (const entry of node.words) {
            entry.number = words.length;
            words.push(entry);
        }
    }
    return words;
}

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const u32 = (values) => Buffer.from(Uint32Array.from(values).buffer);
const u16 = (values) => padded(Buffer.from(Uint16Array.from(values).buffer));
const u8 = (values) => padded(Buffer.from(Uint8Array.from(values)));

// entries: { text, sounds: [[sound, tone]], cost, of }; of: the text whose pairs hold for it (another reading).
export function writeLexicon(path, entries, model) {
    const names = [...new Set(entries.flatMap((e) => e.sounds.map(([sound]) => sound)))].sort();
    const ids = new Map(names.map((name, i) => [name, i]));
    for (const entry of entries) entry.ids = entry.sounds.map(([sound]) => ids.get(sound));
    const nodes = makeTree(entries), words = number(nodes);
    const main = new Map(words.filter((w) => !w.isOther).map((w) => [w.text, w.number]));
    const rows = Array.from({ length: words.length + 1 }, () => []);
    const place = (text) => (text === EDGE ? words.length : main.get(text));
    for (const [a, b, cost] of model.pairs)
        if (place(a) !== undefined && place(b) !== undefined) rows[place(a)].push([place(b), quantise(cost)]);
    const starts = [];
    let pairs = 0;
    for (const row of rows) {
        starts.push(pairs);
        pairs += row.length;
        row.sort((x, y) => x[0] - y[0]);
    }
    starts.push(pairs);
    const tones = (w) => w.sounds.reduce((bits, [, tone], i) => bits | (tone << (3 * i)), 0);
    const aliases = words.filter((w) => w.isOther);
    const name = Buffer.alloc(names.length * NAME_BYTES);
    names.forEach((n, i) => name.write(n, i * NAME_BYTES, "latin1"));
    const text = words.map((w) => w.text).join("");
    const header = Buffer.concat([
        Buffer.from("CSLEXI01", "latin1"),
        u32([names.length, nodes.length, words.length, pairs, aliases.length, text.length, quantise(-Math.log(model.edge)), 0]),
    ]);
    writeFileSync(path, Buffer.concat([
        header,
        name,
        u32([...nodes.map((n) => n.child), nodes.length]),
        u32([...nodes.map((n) => n.word), words.length]),
        u32(words.map((w) => tones(w) | (quantise(w.cost) << 18))),
        u32(starts),
        u32(rows.flatMap((row) => row.map(([second, cost]) => (second | (cost << 24)) >>> 0))),
        u32(aliases.flatMap((w) => [w.number, main.get(w.text)])),
        u16(nodes.map((n) => n.id ?? 0)),
        u16([...text].map((c) => c.charCodeAt(0))),
        u8([...words.map((w) => quantise(-Math.log(model.left(w.text)))), quantise(-Math.log(model.left(EDGE)))]),
    ]));
    console.log(`${names.length} syllables, ${nodes.length} nodes, ${words.length} words (${aliases.length} other readings), ${pairs} pairs`);
}

// From texts and words to figures: how often a word follows another.
import { existsSync, readFileSync } from "node:fs";
import { corpora, isKeptOut, pieces } from "./corpora.mjs";
import { LONGEST } from "./words.mjs";

const UNSEEN = 16; // the cost of a character that is no word of its own
const DISCOUNT = 0.75; // of every pair, for those that were not seen
export const EDGE = ""; // before the first and behind the last word of a piece

// The likeliest way to see a piece as words.
export function segment(piece, costs) {
    const best = [0], from = [0];
    for (let end = 1; end <= piece.length; end++) {
        best[end] = Infinity;
        for (let start = Math.max(0, end - LONGEST); start < end; start++) {
            const cost = costs.get(piece.slice(start, end)) ?? (end - start === 1 ? UNSEEN : Infinity);
            if (best[start] + cost < best[end]) {
                best[end] = best[start] + cost;
                from[end] = start;
            }
        }
    }
    const words = [];
    for (let end = piece.length; end > 0; end = from[end]) words.unshift(piece.slice(from[end], end));
    return words;
}

function bump(map, key, by) {
    map.set(key, (map.get(key) ?? 0) + by);
}

function countPiece(words, weight, counts) {
    let before = EDGE;
    bump(counts.words, EDGE, weight);
    for (const word of [...words, EDGE]) {
        if (word !== EDGE) bump(counts.words, word, weight);
        bump(counts.pairs, `${before} ${word}`, weight);
        before = word;
    }
}

// HanLP's own counts of pairs (Apache-2.0), written out by Pairs.java.
function countPairs(path, known, weight, counts) {
    if (!existsSync(path)) return console.error(`${path} is not there; left out`);
    const marks = /^(?:始##始|末##末|[，。；：！？、（）“”])$/;
    for (const line of readFileSync(path, "utf8").split("\n")) {
        const [a, b, count] = line.split("\t");
        if (!count) continue;
        const first = marks.test(a) ? EDGE : a, second = marks.test(b) ? EDGE : b;
        if ((first !== EDGE && !known.has(first)) || (second !== EDGE && !known.has(second)) || first === second) continue;
        bump(counts.pairs, `${first} ${second}`, weight * Number(count));
        bump(counts.words, first, weight * Number(count));
    }
}

export function costsOf(counts) {
    let total = 0;
    for (const count of counts.values()) total += count;
    return new Map([...counts].map(([word, count]) => [word, Math.log(total / count)]));
}

// counts.words, counts.pairs ("a b") over everything, with what is known of the words before.
export function count(vocabulary, folder, more) {
    const counts = { words: new Map(), pairs: new Map() };
    let costs = costsOf(vocabulary);
    for (let round = 0; round < 2; round++) {
        counts.words.clear();
        counts.pairs.clear();
        for (const { name, weight, lines } of corpora(folder, more)) {
            let taken = 0;
            for (const line of lines) {
                if (isKeptOut(line)) continue;
                taken++;
                for (const piece of pieces(line)) countPiece(segment(piece, costs), weight, counts);
            }
            if (round) console.log(`${name}: ${taken} lines`);
        }
        costs = costsOf(mix(vocabulary, counts.words));
    }
    countPairs(`${more}/hanlp-bigram.tsv`, vocabulary, 1, counts);
    return counts;
}

// What dictionaries say and what texts say, half and half; a word of the dictionaries alone keeps a little.
export function mix(vocabulary, words) {
    let known = 0, seen = 0;
    for (const value of vocabulary.values()) known += value;
    for (const [word, value] of words) if (word !== EDGE) seen += value;
    const mixed = new Map();
    for (const [word, value] of vocabulary) mixed.set(word, 0.15 * value / known + 0.85 * (words.get(word) ?? 0) / (seen || 1));
    return mixed;
}

// Absolute discounting, interpolated with what a word costs alone: { unigram, backoff, pairs: [[a, b, cost]] }.
export function estimate(counts, probabilities, most) {
    const followers = new Map(), totals = new Map();
    for (const [key, value] of counts.pairs) {
        const first = key.slice(0, key.indexOf(" "));
        bump(totals, first, value);
        bump(followers, first, Math.min(value, 1) * DISCOUNT);
    }
    const left = (word) => (totals.has(word) ? (followers.get(word) + 2) / (totals.get(word) + 2) : 1);
    const edge = 0.12; // a piece ends after so many words
    const alone = (word) => (word === EDGE ? edge : probabilities.get(word));
    const kept = [];
    for (const [key, value] of counts.pairs) {
        const at = key.indexOf(" "), a = key.slice(0, at), b = key.slice(at + 1);
        if (!alone(b) || (a !== EDGE && !alone(a))) continue;
        const low = left(a) * alone(b);
        const p = (value - Math.min(value, 1) * DISCOUNT) / (totals.get(a) + 2) + low;
        const gain = value * Math.log(p / low);
        if (Math.log(p / low) > 0.3) kept.push([gain, a, b, -Math.log(p)]);
    }
    kept.sort((x, y) => y[0] - x[0]);
    console.log(`${counts.pairs.size} pairs, ${kept.length} tell something, the best ${most} stay`);
    return { left, edge, pairs: kept.slice(0, most).map(([, a, b, cost]) => [a, b, cost]) };
}

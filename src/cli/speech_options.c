#include "cli/speech_options.h"

const cs_option evaluate_speech_options[] = {
    CS_DATA_OPTION,
    {"--model", "NAME", "zh-zipformer-phonetic-3.3m", "of callscope models"},
    {"--rate", "HZ", NULL, "bring the recordings to this rate first: 8000 is a telephone's"},
    {"--codec", "NAME", NULL, "mulaw or alaw: there and back first"},
    {"--hypotheses", "FILE", NULL, "recognise nothing: this is what another recogniser heard, in the same form"},
    {"--calibrate", "FILE", NULL, "fit on it how sure the model's words are, and write that here (docs/speech.md)"},
    {"--json", NULL, NULL, "print as JSON, with what was said and heard"},
    {0},
};
const cs_option listen_options[] = {
    CS_DATA_OPTION,
    {"--wav", "FILE", NULL, "a recording that is played as if it were spoken now"},
    {"--speed", "N", "1", "so many times as fast as it was spoken; 0: as fast as it goes"},
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--model", "NAME", NULL, "of callscope models; absent, the best here"},
    {"--words", "FILE", NULL, "names to be recognised, one a line; absent, words.txt beside the rules, else in DIR"},
    {"--agent-channel", "N", NULL, "the agent's channel of two: 1 (left) or 2 (right); absent: found by what is said"},
    {"--recognisers", "N", NULL, "processes that recognise, which share the calls; absent, one a core"},
    {"--json", NULL, NULL, "one object a line: begin, sides, partial, final, signal, verdict, lost, lag, end"},
    {0},
};
const cs_option models_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print everything known about them as JSON"},
    {0},
};
const cs_option models_data_options[] = {
    CS_DATA_OPTION,
    {0},
};
const cs_option models_pull_options[] = {
    CS_DATA_OPTION,
    {"--from", "PATH", NULL, "a folder or archive fetched elsewhere, or the address of one, instead of its sources"},
    {0},
};
const cs_option models_use_options[] = {
    CS_DATA_OPTION,
    {"--queue", "NAME", NULL, "of that queue alone"},
    {"--language", "NAME", NULL, "of that language alone, such as zh or en"},
    {0},
};
const cs_option models_again_options[] = {
    CS_DATA_OPTION,
    {"--model", "NAME", NULL, "that recognises them; absent, the one that is chosen for each"},
    {"--queue", "NAME", NULL, "of that queue alone"},
    {"--language", "NAME", NULL, "of that language alone, such as zh or en"},
    {"--by", "MODEL", NULL, "what that model wrote down alone"},
    {"--from", "DAY", NULL, "calls from that day on"},
    {"--to", "DAY", NULL, "calls before that day"},
    {"--before", "DAY", NULL, "what was recognised before that day, or never; also by the same model"},
    {"--wordless", NULL, NULL, "what has no words alone"},
    {"--count", NULL, NULL, "only say how many those are"},
    {"--show", NULL, NULL, "only show how far the last run is, until it ends"},
    {"--stop", NULL, NULL, "stop it: what is done stays, what is in hand comes to its end"},
    {0},
};

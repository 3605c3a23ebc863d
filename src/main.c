/* The table of subcommands, nothing else. */
#include "base/hash.h"
#include "cli/command.h"

#include <stdio.h>

#define DATA                                                                                                           \
    { "--data", "DIR", "callscope-data", "folder of the store" }

static const cs_option inspect_options[] = {
    DATA,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--mapping", "FILE", NULL, "which column means what: a mapping, or a folder of them (docs/formats.md)"},
    {"--agent-channel", "N", NULL,
     "the agent's channel in recordings of two: 1 (left) or 2 (right); absent: found out"},
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {"--json", NULL, NULL, "print the summary as JSON"},
    {0},
};
static const cs_option serve_options[] = {
    DATA,
    {"--port", "N", "8377", "port on this machine; 0 takes a free one"},
    {"--rules", "DIR", "packs", "of a new store; an inspected one keeps its own"},
    {"--watch", "DIR", NULL, "read in what is new or changed in this folder, as long as it runs"},
    {"--watch-mapping", "FILE", NULL, "which column means what in its tables; absent, a mapping.json beside them"},
    {"--key-file", "FILE", NULL,
     "the keys of recordings; absent, $CALLSCOPE_KEY_FILE, else recordings.key in the store"},
    {0},
};
static const cs_option show_options[] = {
    DATA,
    {"--json", NULL, NULL, "print everything as JSON"},
    {0},
};
static const cs_option export_options[] = {
    DATA,
    {"--format", "NAME", "jsonl",
     "json, jsonl or vcon: conversations; csv or xlsx: a row a finding, with the words for people"},
    {"--out", "PATH", NULL,
     "a file, written whole or not at all; for vcon also a folder, one file each; absent: printed"},
    {"--lang", "LANG", NULL, "zh or en: of headings and words; absent, that of this terminal"},
    {"--from", "DATE", NULL, "begun on that day or later; 2026-02-14, or a time with its zone"},
    {"--to", "DATE", NULL, "begun on that day or earlier; a time with its zone: before it"},
    {"--channel", "NAMES", NULL, "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {"--agent", "NAME", NULL, "only of this agent"},
    {"--team", "NAME", NULL, "only of this team"},
    {"--queue", "NAME", NULL, "only of this queue"},
    {"--rule", "NAME", NULL, "only where this rule found something"},
    {"--verdict", "NAME", NULL,
     "hit, missed, undecided or noted; with --rule also met, clean, not_noted, not_applicable"},
    {0},
};
static const cs_option explain_options[] = {
    DATA,
    {"--inspection", "N", NULL, "which inspection of it, counted from 1; absent, the newest"},
    {"--json", NULL, NULL, "print everything as JSON"},
    {0},
};
static const cs_option rules_format_options[] = {
    {"--lang", "LANG", NULL, "zh or en: the language of the keywords; absent, the one a file has most of"},
    {"--check", NULL, NULL, "change nothing: name the files that are not in form, with exit code 1"},
    {0},
};
static const cs_option rules_form_options[] = {
    {"--text", NULL, NULL, "the other way: FILE is JSON, its rule text is printed"},
    {"--lang", "LANG", NULL, "with --text: zh or en"},
    {0},
};
static const cs_option rules_operators_options[] = {
    {"--json", NULL, NULL, "print every row as JSON, with the members of its form"},
    {"--markdown", NULL, NULL, "print the page of the documentation"},
    {"--words", NULL, NULL, "print every word in both languages, for editors"},
    {"--lang", "LANG", NULL, "zh or en"},
    {0},
};
static const cs_option rules_test_options[] = {
    {"--mutate", NULL, NULL, "break each rule a little, many times, and name the breaks that no test notices"},
    {"--strict", NULL, NULL, "with --mutate: such breaks, and rules without a test, give exit code 1"},
    {0},
};
static const cs_option rules_stats_options[] = {
    DATA,
    {"--sample", "RULE", NULL, "draw a random list of conversations to review this rule by, as CSV"},
    {"--take", "N", "100", "with --sample: how many of what it found, and as many of what it did not"},
    {"--seed", "N", "1", "with --sample: another number gives another list"},
    {"--reviewed", "FILE", NULL, "the list with its answers: gives precision and recall with their intervals"},
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option rules_backtest_options[] = {
    DATA,
    {"--json", NULL, NULL, "print everything as JSON"},
    {"--limit", "N", NULL, "only the last N conversations stored"},
    {"--samples", "N", "5", "samples of each kind a rule, at most 100"},
    {0},
};
static const cs_option events_options[] = {
    DATA,
    {"--rules", "DIR", "packs", "of a new store; an inspected one keeps its own"},
    {"--grace", "TIME", NULL, "how late an event may arrive before something is called missed; kept (at first 1h)"},
    {"--now", "TIME", NULL, "judge as if it were this time"},
    {"--json", NULL, NULL, "print the summary as JSON"},
    {0},
};
static const cs_option joins_options[] = {
    DATA,
    {"--state", "STATE", NULL, "matched, doubtful or unmatched; absent: the last two"},
    {"--kind", "KIND", NULL, "calls, tickets, satisfaction or roster; absent: all"},
    {"--json", NULL, NULL, "print the report as JSON, a page a line"},
    {0},
};
static const cs_option obligations_options[] = {
    DATA,
    {"--state", "STATE", NULL, "only pending, met, missed, waived or undecided ones"},
    {"--rule", "NAME", NULL, "only of this rule"},
    {"--all", NULL, NULL, "superseded verdicts too"},
    {"--json", NULL, NULL, "print them as JSON"},
    {0},
};
static const cs_option imports_options[] = {
    DATA,
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option imports_undo_options[] = {
    DATA,
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {"--json", NULL, NULL, "print what came of it as JSON"},
    {0},
};
static const cs_option people_options[] = {
    DATA,
    {"--kind", "KIND", "customer", "customer or agent"},
    {"--limit", "N", "50", "how many at most, 1-200"},
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option people_link_options[] = {
    DATA,
    {"--json", NULL, NULL, "print whom its ends belong to as JSON"},
    {0},
};
static const cs_option doctor_options[] = {
    DATA,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {0}};

static const cs_option keys_rotate_options[] = {
    DATA,
    {"--key-file", "FILE", NULL,
     "the keys of recordings; absent, $CALLSCOPE_KEY_FILE, else recordings.key in the store"},
    {0},
};
static const cs_option replay_options[] = {
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--mapping", "FILE", NULL, "which column means what: a mapping, or a folder of them (docs/formats.md)"},
    {"--speed", "N", NULL, "so many times as fast as it was spoken; absent: at once"},
    {"--arrival", "ORDER", "ordered", "ordered, or random: turns come late and out of order"},
    {"--seed", "N", "1", "of the random arrival"},
    {0},
};
static const cs_command commands[] = {
    {"inspect", "PATH…", 1, CS_MAX_ARGUMENTS, "inspect files and folders of conversations",
     "Reads every conversation under the paths, holds the rules against each and stores what it finds. What was "
     "inspected\n"
     "and did not change is skipped; changed rules re-inspect from the stored timeline. Prints a summary; what is "
     "refused\n"
     "is listed with file, place, reason and remedy, and the rest goes on.",
     inspect_options, run_inspect},
    {"serve", "", 0, 0, "open the results in a browser",
     "Serves the web interface and the HTTP API on 127.0.0.1 until it is interrupted.", serve_options, run_serve},
    {"show", "ID", 1, 1, "show one conversation with its evidence",
     "Prints the dialogue, the findings with their evidence and the three scores with their arithmetic. ID is the "
     "centre's\n"
     "own id or the one in the browser's address.",
     show_options, run_show},
    {"export", "", 0, 0, "write conversations or findings out, for other programs",
     "Conversations as JSON or JSON Lines, the format that inspect reads, or as vCons (IETF draft) with their scores "
     "and\n"
     "findings; findings as CSV or XLSX, a row each. Only what fits all filters is written.",
     export_options, run_export},
    {"replay", "FILE", 1, 1, "play a conversation as if it ran now",
     "Feeds the conversation turn by turn, with the text so far of what is being said. Shows signals (alerts and "
     "prompts)\n"
     "as they are raised and withdrawn, and verdicts as they are decided; at the end whether the verdicts are those of "
     "an\n"
     "inspection at once.",
     replay_options, run_replay},
    {"explain", "ID [RULE]", 1, 2, "why a stored inspection came out as it did",
     "Evaluates the stored inspection again, with the rules and the text it was made with, and says whether it comes "
     "out the\n"
     "same. Prints each rule as written, what opened it, what was searched, the evidence with its place, near-misses "
     "with\n"
     "their reason, the arithmetic of the scores and all versions. Exit code 1 when it does not come out the same.",
     explain_options, run_explain},
    {"rules check", "PATH…", 1, CS_MAX_ARGUMENTS, "check rule files",
     "Names every problem with file, line, column and a hint, and rules that no test names.", NULL, run_rules_check},
    {"rules format", "PATH…", 1, CS_MAX_ARGUMENTS, "put rule files into their one form, or into the other language",
     "Rewrites .rules files: clauses in one column, lists broken at 100 columns, comments where they stand. What a "
     "file "
     "means\n"
     "does not change. A file that is not well formed is refused with its problems and left as it is; each file is "
     "replaced\n"
     "whole or not at all.",
     rules_format_options, run_rules_format},
    {"rules form", "FILE", 1, 1, "rules as JSON for forms, and back",
     "Prints the JSON form of a rule file, as rules schema describes it. The text made from it is the file as rules "
     "format\n"
     "writes it; what is wrong in a form is refused with the path of its field.",
     rules_form_options, run_rules_form},
    {"rules schema", "", 0, 0, "print the JSON Schema of the form",
     "JSON Schema 2020-12, made from the table of words.", NULL, run_rules_schema},
    {"rules operators", "", 0, 0, "list the words of the rule language",
     "Every statement, clause, operator, window and effect with its Chinese twin, how it is written, what it means, "
     "and\n"
     "whether it is live or what it waits for.",
     rules_operators_options, run_rules_operators},
    {"rules test", "PATH…", 1, CS_MAX_ARGUMENTS, "run the tests that stand beside the rules",
     "Runs every test block; a failed one shows what was expected, what came and the evidence for it.",
     rules_test_options, run_rules_test},
    {"rules backtest", "OLD NEW", 2, 2, "what changed rules would have found in all that is stored",
     "Holds the rules that differ between two folders against every stored conversation, in one pass and without "
     "writing:\n"
     "newly hit, newly missed, no longer, rates with 95 % intervals, the shift of the scores, agents touched, "
     "samples.\n"
     "OLD or NEW may be the word stored: the rules the store judges by. Ctrl-C prints what was seen so far.",
     rules_backtest_options, run_rules_backtest},
    {"rules stats", "", 0, 0, "how often each rule finds something, and how right it is",
     "Counts what each rule said over all stored conversations, with 95 % intervals. --sample draws a list of "
     "conversations\n"
     "that the rule found and that it did not; someone fills in yes or no; --reviewed then gives precision and recall.",
     rules_stats_options, run_rules_stats},
    {"events", "[PATH…]", 0, CS_MAX_ARGUMENTS, "take in what happened to tickets and customers",
     "Reads .jsonl files, one event a line, into the log of the store and judges the rules across conversations: a "
     "closed\n"
     "complaint that must be called back, whoever calls. Without PATH it only judges what is due by now. What is "
     "refused\n"
     "is listed with file, line, reason and remedy, and the rest goes on.",
     events_options, run_events},
    {"obligations", "", 0, 0, "list what was owed across conversations",
     "Lists the obligations that rules across conversations opened: about which ticket or customer, due when, met, "
     "missed,\n"
     "waived or undecided, and the call that met it or the window that was searched.",
     obligations_options, run_obligations},
    {"joins", "", 0, 0, "list rows of call lists, tickets and ratings that belong to no conversation",
     "Says of each kind of list how many rows were matched, and lists those that were not or are in doubt, with the "
     "reason\n"
     "and the conversations that were considered.",
     joins_options, run_joins},
    {"imports show", "N", 1, 1, "one import with what it refused",
     "Prints what import N brought, its state, and each refusal with file, place, reason and remedy.", imports_options,
     run_imports_show},
    {"imports undo", "N", 1, 1, "take back what an import brought",
     "Removes the conversations and records that import N made, gives those it changed their earlier text, and "
     "inspects\n"
     "again what that concerns. What later imports changed stays, and is counted. May be killed and run again.",
     imports_undo_options, run_imports_undo},
    {"imports", "", 0, 0, "list what came in",
     "Lists every run of inspect, upload and watched folder that brought something or refused something, newest "
     "first.",
     imports_options, run_imports},
    {"people undo", "LINK", 1, 1, "two identities are not one person's",
     "Undoes a link between two identities: the person parts where nothing else holds it together. It stays undone "
     "when "
     "the\n"
     "same row is imported again. LINK is the number in brackets of callscope people.",
     people_link_options, run_people_undo},
    {"people redo", "LINK", 1, 1, "they are one person's after all", "Takes back people undo.", people_link_options,
     run_people_redo},
    {"people", "[QUERY]", 0, 1, "list customers or agents, and why they are joined",
     "Lists people as imports made them known: their numbers and accounts, how often they were in contact, and for "
     "each "
     "two\n"
     "identities that were joined the file and place that said so. QUERY is a part of a name, number or account.",
     people_options, run_people},
    {"keys rotate", "", 0, 0, "put the recordings under a new key",
     "Makes a new key in the key file, wraps the key of every recording with it, and forgets the older ones. May be "
     "killed at\n"
     "any moment and run again; recordings are played and taken in meanwhile. A recording that can't be wrapped is "
     "named, and\n"
     "the older keys stay, with exit code 1. A key file belongs to one store.",
     keys_rotate_options, run_keys_rotate},
    {"doctor", "", 0, 0, "check that this machine has what callscope needs",
     "Looks at the libraries, the store, the rules, the web interface and the disk, and says what is off and how to "
     "turn it on.",
     doctor_options, run_doctor},
    {"help", "[COMMAND]", 0, 2, "help on a command", "Prints the commands, or the help of one.", NULL, run_help},
    {"man", "", 0, 0, "print the man page", "Prints the manual in roff: callscope man > callscope.1", NULL, run_man},
    {"completion", "bash", 1, 1, "print the shell completion", "Use it with: eval \"$(callscope completion bash)\"",
     NULL, run_completion},
    {0},
};

int main(int argc, char **argv) {
    if (!hash_start()) {
        fputs("callscope: the crypto library can't start\n", stderr);
        return CS_EXIT_REFUSED;
    }
    return command_run(commands, argc, argv);
}

/* The table of subcommands, nothing else. */
#include "base/hash.h"
#include "cli/command.h"
#include "cli/speech_options.h"

#include <stdio.h>

#define LOG                                                                                                            \
    { "--log-format", "FORMAT", NULL, "text or json; absent, what CALLSCOPE_LOG says, else text (docs/operating.md)" }

static const cs_option inspect_options[] = {
    CS_DATA_OPTION,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--mapping", "FILE", NULL, "which column means what: a mapping, or a folder of them (docs/formats.md)"},
    {"--agent-channel", "N", NULL,
     "the agent's channel in recordings of two: 1 (left) or 2 (right); absent: found out"},
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {"--speech", "MODEL|off", NULL,
     "recognises recordings without a transcript; absent, as chosen, else the best here"},
    {"--words", "FILE", NULL, "names to be recognised, one a line; absent, words.txt beside the rules, else in DIR"},
    {"--voices", "WHOSE", "listener",
     "which voices of recordings are recognised: the listener's, or silero's, by its model"},
    {"--again", NULL, NULL, "recordings in the store too that have no words, or those of another model than is chosen"},
    {"--json", NULL, NULL, "print the summary as JSON"},
    {0},
};
static const cs_option serve_options[] = {
    CS_DATA_OPTION,
    {"--port", "N", "8377", "port on this machine; 0 takes a free one"},
    {"--listen", "ADDRESS", "127.0.0.1", "in numbers; beyond this machine with TLS and accounts only; 0.0.0.0: all"},
    {"--tls-certificate", "FILE", NULL, "PEM, with its chain"},
    {"--tls-key", "FILE", NULL, "PEM, its private key"},
    {"--name", "HOST", NULL, "by which people come, as in the certificate; several with commas"},
    {"--rules", "DIR", "packs", "of a new store; an inspected one keeps its own"},
    {"--workers", "N", NULL, "threads that inspect; absent, one a core; 0: callscope worker does it elsewhere"},
    {"--speech", "MODEL|off", NULL,
     "recognises recordings without a transcript; absent, as chosen, else the best here"},
    {"--words", "FILE", NULL, "names to be recognised, one a line; absent, words.txt beside the rules, else in DIR"},
    {"--voices", "WHOSE", "listener",
     "which voices of recordings are recognised: the listener's, or silero's, by its model"},
    {"--watch", "DIR", NULL, "read in what is new or changed in this folder, as long as it runs"},
    {"--watch-mapping", "FILE", NULL, "which column means what in its tables; absent, a mapping.json beside them"},
    {"--key-file", "FILE", NULL,
     "the keys of recordings; absent, $CALLSCOPE_KEY_FILE, else recordings.key in the store"},
    LOG,
    {0},
};
static const cs_option worker_options[] = {
    CS_DATA_OPTION,
    {"--workers", "N", NULL, "threads that inspect; absent, one a core"},
    {"--voices", "WHOSE", "listener",
     "which voices of recordings are recognised: the listener's, or silero's, by its model"},
    {"--speech", "MODEL|off", NULL,
     "recognises recordings without a transcript; absent, as chosen, else the best here"},
    {"--words", "FILE", NULL, "names to be recognised, one a line (docs/speech.md); absent, words.txt in DIR"},
    {"--key-file", "FILE", NULL,
     "the keys of recordings; absent, $CALLSCOPE_KEY_FILE, else recordings.key in the store"},
    LOG,
    {0},
};
static const cs_option show_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print everything as JSON"},
    {0},
};
static const cs_option export_options[] = {
    CS_DATA_OPTION,
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
static const cs_option search_options[] = {
    CS_DATA_OPTION,
    {"--channel", "NAMES", NULL, "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {"--agent", "NAME", NULL, "only of this agent"},
    {"--team", "NAME", NULL, "only of this team"},
    {"--queue", "NAME", NULL, "only of this queue"},
    {"--rule", "NAME", NULL, "only where this rule found something"},
    {"--verdict", "NAME", NULL,
     "hit, missed, undecided or noted; with --rule also met, clean, not_noted, not_applicable"},
    {"--sort", "NAME", NULL, "-started, started, risk, -risk, compliance, ..."},
    {"--limit", "N", "20", "how many are listed, 1 to 200"},
    {"--json", NULL, NULL, "as the API answers"},
    {0},
};
static const cs_option store_index_options[] = {
    CS_DATA_OPTION,
    {"--rest", NULL, NULL, "only conversations that are not in the index yet"},
    {0},
};
static const cs_option figures_options[] = {
    CS_DATA_OPTION,
    {"--from", "DATE", NULL, "from that day on: 2026-02-14"},
    {"--to", "DATE", NULL, "to the end of that day"},
    {"--by", "WHAT", NULL, "a row each agent, team, queue or channel"},
    {"--agent", "NAME", NULL, "only of this agent"},
    {"--team", "NAME", NULL, "only of this team"},
    {"--queue", "NAME", NULL, "only of this queue"},
    {"--channel", "NAMES", NULL, "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {"--recount", NULL, NULL, "count all days anew first"},
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option explain_options[] = {
    CS_DATA_OPTION,
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
    CS_DATA_OPTION,
    {"--sample", "RULE", NULL, "draw a random list of conversations to review this rule by, as CSV"},
    {"--take", "N", "100", "with --sample: how many of what it found, and as many of what it did not"},
    {"--seed", "N", "1", "with --sample: another number gives another list"},
    {"--reviewed", "FILE", NULL, "the list with its answers: gives precision and recall with their intervals"},
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option rules_backtest_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print everything as JSON"},
    {"--limit", "N", NULL, "only the last N conversations stored"},
    {"--samples", "N", "5", "samples of each kind a rule, at most 100"},
    {0},
};
static const cs_option rules_book_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print them as JSON, with their texts"},
    {0},
};
static const cs_option rules_publish_options[] = {
    CS_DATA_OPTION,
    {"--reason", "TEXT", NULL, "why: it stands in the rule's history"},
    {0},
};
static const cs_option events_options[] = {
    CS_DATA_OPTION,
    {"--rules", "DIR", "packs", "of a new store; an inspected one keeps its own"},
    {"--grace", "TIME", NULL, "how late an event may arrive before something is called missed; kept (at first 1h)"},
    {"--now", "TIME", NULL, "judge as if it were this time"},
    {"--json", NULL, NULL, "print the summary as JSON"},
    {0},
};
static const cs_option joins_options[] = {
    CS_DATA_OPTION,
    {"--state", "STATE", NULL, "matched, doubtful or unmatched; absent: the last two"},
    {"--kind", "KIND", NULL, "calls, tickets, satisfaction or roster; absent: all"},
    {"--json", NULL, NULL, "print the report as JSON, a page a line"},
    {0},
};
static const cs_option obligations_options[] = {
    CS_DATA_OPTION,
    {"--state", "STATE", NULL, "only pending, met, missed, waived or undecided ones"},
    {"--rule", "NAME", NULL, "only of this rule"},
    {"--all", NULL, NULL, "superseded verdicts too"},
    {"--json", NULL, NULL, "print them as JSON"},
    {0},
};
static const cs_option imports_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option imports_undo_options[] = {
    CS_DATA_OPTION,
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {"--json", NULL, NULL, "print what came of it as JSON"},
    {0},
};
static const cs_option people_options[] = {
    CS_DATA_OPTION,
    {"--kind", "KIND", "customer", "customer or agent"},
    {"--limit", "N", "50", "how many at most, 1-200"},
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option people_link_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print whom its ends belong to as JSON"},
    {0},
};
static const cs_option accounts_add_options[] = {
    CS_DATA_OPTION,
    {"--role", "ROLE", "manager", "agent, reviewer or manager"},
    {"--agent", "NAME", NULL, "whose conversations an agent sees, as the conversations name him"},
    {0},
};
static const cs_option accounts_list_options[] = {
    CS_DATA_OPTION,
    {"--json", NULL, NULL, "print as JSON"},
    {0},
};
static const cs_option accounts_options[] = {
    CS_DATA_OPTION,
    {0},
};
static const cs_option accounts_key_options[] = {
    CS_DATA_OPTION,
    {"--title", "TEXT", "key", "what it is for, shown in the list of sessions"},
    {"--revoke", NULL, NULL, "end all keys of the account instead"},
    {0},
};
static const cs_option accounts_audit_options[] = {
    CS_DATA_OPTION,
    {"--verify", NULL, NULL, "look whether every entry is whole and none is missing; exit code 1 when not"},
    {0},
};
static const cs_option doctor_options[] = {
    CS_DATA_OPTION,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {"--language", "LANG", "zh", "the language of the calls, for the model that is advised"},
    {0}};

static const cs_option backup_options[] = {
    CS_DATA_OPTION,
    {"--key-file", "FILE", NULL, "only named, not copied: the recordings' key"},
    {0},
};
static const cs_option restore_options[] = {
    {"--data", "DIR", "callscope-data", "folder of the store: empty, or not there yet"},
    {"--to", "ADDRESS", "sqlite", "where its database is made: sqlite, or postgres://user@host/name, an empty one"},
    {"--key-file", "FILE", NULL, "only named, not copied: the recordings' key"},
    {0},
};
static const cs_option store_verify_options[] = {
    CS_DATA_OPTION,
    {"--key-file", "FILE", NULL, "the recordings' key; absent: CALLSCOPE_KEY_FILE, else recordings.key in DIR"},
    {0},
};
static const cs_option store_move_options[] = {
    CS_DATA_OPTION,
    {"--to", "ADDRESS", NULL, "sqlite, or postgres://user@host/name; @FILE: the address stands in that file"},
    {0},
};
static const cs_option keys_rotate_options[] = {
    CS_DATA_OPTION,
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
    {"inspect", "PATH…", 0, CS_MAX_ARGUMENTS, "inspect files and folders of conversations",
     "Reads every conversation under the paths, holds the rules against each and stores what it finds. What was "
     "inspected\n"
     "and did not change is skipped; changed rules re-inspect from the stored timeline. Prints a summary; what is "
     "refused\n"
     "is listed with file, place, reason and remedy, and the rest goes on.",
     inspect_options, run_inspect},
    {"serve", "", 0, 0, "open the results in a browser",
     "Serves the web interface and the HTTP API until it is interrupted: on 127.0.0.1, or with TLS and accounts where "
     "--listen\n"
     "says. While nobody has an account it prints the link at which the first manager makes his.",
     serve_options, run_serve},
    {"worker", "", 0, 0, "inspect what waits in the queue of a store",
     "Claims conversations that callscope serve has read in, here or on another machine, inspects them by the store's "
     "rules\n"
     "and saves what it finds, until it is interrupted. Any number may work on one store; one that is killed costs "
     "nothing but\n"
     "a little time. Says what it does.",
     worker_options, run_worker},
    {"show", "ID", 1, 1, "show one conversation with its evidence",
     "Prints the dialogue, the findings with their evidence and the three scores with their arithmetic. ID is the "
     "centre's\n"
     "own id or the one in the browser's address.",
     show_options, run_show},
    {"search", "QUERY…", 1, CS_MAX_ARGUMENTS, "find conversations by what was said",
     "Lists conversations in which all words of QUERY occur: \"a phrase\", agent:word or 客服:词 by speaker, a ~3 b "
     "within\n"
     "three turns, -word not, a|b one of them, refun* by its beginning. Chinese is found as it stands, words and "
     "numbers "
     "whole.",
     search_options, run_search},
    {"export", "", 0, 0, "write conversations or findings out, for other programs",
     "Conversations as JSON or JSON Lines, the format that inspect reads, or as vCons (IETF draft) with their scores "
     "and\n"
     "findings; findings as CSV or XLSX, a row each. Only what fits all filters is written.",
     export_options, run_export},
    {"figures", "", 0, 0, "numbers and measures over time, of all or by agent, team, queue, channel",
     "Counts conversations, scores and the measures of the packs: met, missed and undecided apart, what was not "
     "applicable\n"
     "left out, beside their targets. Days are those of the centre's clock.",
     figures_options, run_figures},
    {"replay", "FILE", 1, 1, "play a conversation as if it ran now",
     "Feeds the conversation turn by turn, with the text so far of what is being said. Shows signals (alerts and "
     "prompts)\n"
     "as they are raised and withdrawn, and verdicts as they are decided; at the end whether the verdicts are those of "
     "an\n"
     "inspection at once.",
     replay_options, run_replay},
    {"listen", "[FILE…]", 0, CS_MAX_ARGUMENTS, "recognise and inspect calls while they are spoken",
     "Plays each recording as a call of its own, all at once, 20 ms at a time, two channels as two sides. Shows what "
     "is "
     "being\n"
     "said, each phrase when it is over, alerts and prompts as they are raised, verdicts as they are decided; at the "
     "end\n"
     "whether the verdicts are those of an inspection at once. Nothing is stored. docs/live.md.",
     listen_options, run_listen},
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
    {"rules book", "", 0, 0, "list what was published in this store, over the rule files",
     "Each rule whose page stands over the files, with its version, when it was published and by whom; retired ones "
     "too.",
     rules_book_options, run_rules_book},
    {"rules publish", "FILE", 1, 1, "publish one rule with its lists and tests, over the rule files",
     "The file holds one rule, its lists, lets and tests. Well formed within all rules of the store, and its tests "
     "passed, it\n"
     "becomes a new version; stored conversations are inspected again while callscope serve runs. --reason is needed.",
     rules_publish_options, run_rules_publish},
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
    {"store index", "", 0, 0, "make the search index anew",
     "Reads every conversation and makes the search index anew, while others may read and write; a search says how "
     "many "
     "are\n"
     "still missing. May be killed and run again. callscope serve does what is left over by itself.",
     store_index_options, run_store_index},
    {"backup verify", "DIR", 1, 1, "look whether a backup is whole",
     "Reads every file of the backup and compares it with what was written. What is missing or changed is listed, with "
     "exit code 1.",
     NULL, run_backup_verify},
    {"backup", "DIR", 1, 1, "copy the store into a folder, while it is used",
     "Copies the store as it is at one moment: database, recordings as they are encrypted, uploads that wait. The next "
     "backup\n"
     "into the same folder copies only recordings that are new, and takes the place of this one when it is whole. May "
     "be "
     "killed\n"
     "at any moment. The key file of the recordings is not copied: keep it elsewhere.",
     backup_options, run_backup},
    {"restore", "DIR", 1, 1, "bring a store back from a backup",
     "Makes the store anew in an empty folder, and in an empty database where --to names one. Nothing is a store "
     "before "
     "all of\n"
     "it is there and compared. May be killed and run again: it goes on.",
     restore_options, run_restore},
    {"store verify", "", 0, 0, "look whether the store is whole",
     "Unpacks every stored text and compares its hash, follows every reference, and opens every recording. What is "
     "wrong "
     "is\n"
     "listed, with exit code 1. It only reads, and may run while the store is used.",
     store_verify_options, run_store_verify},
    {"store move", "", 0, 0, "put the store into another database",
     "Copies every row to the database at --to, PostgreSQL or SQLite, compares each table, and only then uses it. "
     "Recordings\n"
     "stay where they are, and the old rows are kept. Stop callscope serve before. May be killed and run again: it "
     "goes "
     "on.",
     store_move_options, run_store_move},
    {"accounts list", "", 0, 0, "who may sign in", "Lists the accounts: name, role, when last seen, the agent.",
     accounts_list_options, run_accounts_list},
    {"accounts add", "NAME", 1, 1, "make an account",
     "Asks for its password, or reads it from the first line of the standard input. The first account must be a "
     "manager's; from\n"
     "then on everything asks for a sign-in.",
     accounts_add_options, run_accounts_add},
    {"accounts password", "NAME", 1, 1, "set a password that was forgotten",
     "Asks for the new one, or reads it from the first line of the standard input, and signs the account out "
     "everywhere.",
     accounts_options, run_accounts_password},
    {"accounts disable", "NAME", 1, 1, "let nobody sign in with it any more",
     "Ends its sessions and keys. What was done with it keeps its name. The last manager can't be disabled.",
     accounts_options, run_accounts_disable},
    {"accounts enable", "NAME", 1, 1, "let it be used again", "Takes back accounts disable; keys have to be made anew.",
     accounts_options, run_accounts_enable},
    {"accounts key", "NAME", 1, 1, "make a key for a program",
     "Prints it once; the program sends it as Authorization: Bearer KEY and may do what the account may.",
     accounts_key_options, run_accounts_key},
    {"accounts audit", "", 0, 0, "who did what, as JSON",
     "Prints the newest 200 entries of the trail. Each carries a hash of itself and of the one before, so that a "
     "change "
     "shows:\n"
     "note the number and the last hash of --verify elsewhere, and a cut end shows, too.",
     accounts_audit_options, run_accounts_audit},
    {"keys rotate", "", 0, 0, "put the recordings under a new key",
     "Makes a new key in the key file, wraps the key of every recording with it, and forgets the older ones. May be "
     "killed at\n"
     "any moment and run again; recordings are played and taken in meanwhile. A recording that can't be wrapped is "
     "named, and\n"
     "the older keys stay, with exit code 1. A key file belongs to one store.",
     keys_rotate_options, run_keys_rotate},
    {"models list", "", 0, 0, "list models of speech", "The same as callscope models.", models_options, run_models},
    {"models pull", "NAME…", 1, CS_MAX_ARGUMENTS, "fetch a model of speech onto this machine",
     "Fetches it from its sources in their order, or takes it --from a folder or an archive, compares the sha256 of "
     "every "
     "file and\n"
     "puts it into the models of the store, or of this account where there is no store. May be killed at any moment "
     "and "
     "run\n"
     "again: it goes on. Without a network it says what to fetch elsewhere. Proxies are those of curl: https_proxy.",
     models_pull_options, run_models_pull},
    {"models verify", "[NAME…]", 0, CS_MAX_ARGUMENTS, "look whether models are whole and unchanged",
     "Reads every file of the models named, or of all that are here, and compares its sha256 with the manifest's, or "
     "with "
     "what it\n"
     "was when it was fetched. Exit code 1 when one is missing or another.",
     models_data_options, run_models_verify},
    {"models remove", "NAME…", 1, CS_MAX_ARGUMENTS, "remove a model that was fetched",
     "Removes it from the folder that models are fetched into. What stands in CALLSCOPE_MODELS is left alone.",
     models_data_options, run_models_remove},
    {"models where", "[NAME…]", 0, CS_MAX_ARGUMENTS, "say in which folder models are, or are looked for",
     "Prints the folder of each model named; without a name the folders that are looked in, in their order.",
     models_data_options, run_models_where},
    {"models use", "NAME|off|otherwise", 1, 1, "choose the model that recognises what comes in",
     "For all recordings, or those of a queue, of a language, or of both; the most particular choice counts. off: they "
     "are heard\n"
     "and inspected without words. otherwise: as if nothing had been chosen. Prints what is chosen now.",
     models_use_options, run_models_use},
    {"models again", "", 0, 0, "have recordings in the store recognised again by all workers",
     "Those without words, or with words of another model than is chosen or named: by serve and worker, on all "
     "machines "
     "of the\n"
     "store, the riskiest and newest first and behind what comes in. Shows how far it is; interrupting ends the "
     "looking "
     "alone.\n"
     "callscope inspect --again does it in one process, without the queue. Exit code 1 when some failed.",
     models_again_options, run_models_again},
    {"models", "", 0, 0, "list models of speech: what each is for, its licence, size, and whether it is here",
     "Lists the models that recognise speech, find voices, set commas and tell speakers apart: what for, languages, "
     "licence, size,\n"
     "memory and speed as measured, and whether it is on this machine. docs/models.md says where they come from.",
     models_options, run_models},
    {"doctor", "", 0, 0, "check that this machine has what callscope needs",
     "Looks at the libraries, the store, the rules, the web interface and the disk, and says what is off and how to "
     "turn it on.",
     doctor_options, run_doctor},
    {"evaluate speech", "REFERENCES", 1, 1, "measure how much of what was said a model hears",
     "REFERENCES has a line a recording: file, tab, what was said, and perhaps a tab and its pinyin "
     "(docs/evaluate.md). "
     "Prints\n"
     "syllables, characters or words that were misheard, missed or made up, with 95 % intervals, and how fast it was. "
     "A "
     "line\n"
     "that can't be evaluated is named with its reason, and the rest goes on, with exit code 1.",
     evaluate_speech_options, run_evaluate_speech},
    {"speech", "", 0, 0, "the process in which a model recognises speech; callscope starts it itself",
     "Hosts one model, apart from recordings, store and network. There is nothing to do by hand.", NULL, run_speech},
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

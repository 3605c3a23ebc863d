#include "cli/evaluate_calibrate.h"

#include "base/buffer.h"
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ROW_BYTES = 1 << 16 };

void calibrating_hear(void *context, const cs_heard_word *word) {
    cs_calibrating *c = context;
    c->has_failed =
        c->has_failed || !arena_room(c->arena, (void **)&c->words, &c->room, c->word_count, sizeof *c->words);
    if (c->has_failed) return;
    cs_heard_word *kept = &c->words[c->word_count++];
    *kept = *word;
    kept->text = arena_string(c->arena, word->text); /* the word's own lives no longer than its utterance */
    c->has_failed = !kept->text;
}

cs_error calibrating_judge(cs_calibrating *c, const char *said, cs_message *message) {
    if (c->has_failed) return message_set(message, CS_ERR_MEMORY, "no memory for the words to calibrate on");
    cs_error code = words_judge(c->words, c->word_count, said, c->recordings++, c->arena, &c->judged, message);
    c->word_count = 0;
    return code;
}

static void print_report(const cs_calibration_report *r, FILE *out, cs_language language) {
    bool is_chinese = language == CS_CHINESE;
    fprintf(out,
            is_chinese ? "\n置信度校准：%u 段录音，%u 个词，其中 %u 个正确\n"
                       : "\nconfidence: %u recordings, %u words, %u of them right\n",
            r->recordings, r->words, r->right);
    fprintf(out,
            is_chinese ? "  期望校准误差 %.1f %%（95 %% 区间 %.1f–%.1f），校准前 %.1f %%\n"
                       : "  expected calibration error %.1f %% (95 %% of draws %.1f to %.1f), before %.1f %%\n",
            100 * r->error, 100 * r->error_low, 100 * r->error_high, 100 * r->before);
    fprintf(out,
            is_chinese ? "  正确的词比错误的词更可信：%.1f %%\n"
                       : "  a right word has more than a wrong one: %.1f %%\n",
            100 * r->apart);
    if (r->sure_right >= 0 && r->unsure_right >= 0)
        fprintf(out,
                is_chinese ? "  达到界限的词 %.1f %% 正确，未达到的 %.1f %% 正确\n"
                           : "  right from the limit on: %.1f %%, below it: %.1f %%\n",
                100 * r->sure_right, 100 * r->unsure_right);
    fputs(is_chinese ? "  以上数字来自拟合时留出的录音\n"
                     : "  each figure is of recordings that the fit had not seen\n",
          out);
}

static cs_error write_file(const char *path, const cs_buffer *row, cs_message *message) {
    FILE *file = fopen(path, "w");
    bool is_good = file && fwrite(row->data, 1, row->length, file) == row->length;
    is_good = file && fclose(file) == 0 && is_good;
    if (is_good) return CS_OK;
    message_set(message, CS_ERR_IO, "the calibration can't be written: %s", strerror(errno));
    message_remedy(message, "give --calibrate a file in a folder that you may write to");
    return CS_ERR_IO;
}

bool calibrating_end(cs_calibrating *c, const char *model, const char *path, FILE *out, cs_language language) {
    cs_message message = {0};
    cs_calibration made;
    cs_calibration_report report;
    cs_buffer row;
    cs_json_writer writer;
    cs_error code = calibration_fit(model, &c->judged, c->arena, &made, &report, &message);
    if (code != CS_OK) {
        trouble_print(path, &message);
        return false;
    }
    print_report(&report, out, language);
    buffer_init(&row, ROW_BYTES);
    json_writer_init(&writer, &row);
    calibration_write(&writer, NULL, &made, &report);
    buffer_text(&row, "\n");
    code = row.is_failed ? message_set(&message, CS_ERR_MEMORY, "no memory for the calibration")
                         : write_file(path, &row, &message);
    buffer_free(&row);
    if (code != CS_OK) trouble_print(path, &message);
    return code == CS_OK;
}

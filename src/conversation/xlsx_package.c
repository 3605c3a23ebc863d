#include "conversation/xlsx_package.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

enum { MAX_ENTRIES = 10000, MAX_RATIO = 200, OLE_HEADER = 512, DIRECTORY_BYTES = 4096 };
static const int64_t MAX_PACKAGE_BYTES = INT64_C(1) << 30;
static const uint64_t FREE_BYTES = (uint64_t)64 << 20; /* the ratio counts above this */

struct cs_xlsx_package {
    zip_t *zip;
    int64_t bytes;
};

struct cs_xlsx_part {
    zip_file_t *file;
    char name[160];
    uint64_t size, read, max;
};

static cs_error refuse(cs_message *message, cs_error code, const char *reason, const char *remedy) {
    message_set(message, code, "%s", reason);
    message_remedy(message, "%s", remedy);
    return code;
}

/* What Excel wrote before 2007 is an OLE file; so is a workbook with a password: then its directory names EncryptedPackage. */
static bool is_encrypted(const char *path) {
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    unsigned char head[OLE_HEADER], directory[DIRECTORY_BYTES];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return false;
    bool is = false;
    if (pread(file, head, sizeof head, 0) == sizeof head) {
        unsigned shift = head[30] == 12 ? 12 : 9;
        uint32_t sector =
            (uint32_t)head[48] | (uint32_t)head[49] << 8 | (uint32_t)head[50] << 16 | (uint32_t)head[51] << 24;
        ssize_t got = pread(file, directory, sizeof directory, (off_t)(((uint64_t)sector + 1) << shift));
        is = got > 0 && memmem(directory, (size_t)got, name, sizeof name - 1) != NULL;
    }
    close(file);
    return is;
}

static bool begins_as_ole(const char *path) {
    char head[8];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return false;
    bool is =
        pread(file, head, sizeof head, 0) == sizeof head && memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
    close(file);
    return is;
}

/* A zip that is something else than a workbook of Excel 2007 or later. */
static cs_error check_kind(const cs_xlsx_package *package, cs_message *message) {
    const char *remedy = "open it and save it as an Excel workbook (.xlsx)";
    if (xlsx_package_has(package, "xl/workbook.bin"))
        return refuse(message, CS_ERR_PARSE, "the file is a binary workbook (.xlsb), which is not read", remedy);
    if (xlsx_package_has(package, "_rels/.rels") && xlsx_package_has(package, "[Content_Types].xml")) {
        if (!xlsx_package_has(package, "word/document.xml") && !xlsx_package_has(package, "ppt/presentation.xml"))
            return CS_OK;
        return refuse(message, CS_ERR_PARSE, "the file is a text document or a presentation, not a workbook",
                      "export the data as .xlsx or .csv");
    }
    if (xlsx_package_has(package, "mimetype") && xlsx_package_has(package, "content.xml"))
        return refuse(message, CS_ERR_PARSE, "the file is an OpenDocument file (.ods), which is not read", remedy);
    if (xlsx_package_has(package, "Index/Document.iwa"))
        return refuse(message, CS_ERR_PARSE, "the file is a document of Apple Numbers, which is not read", remedy);
    return refuse(message, CS_ERR_PARSE, "the file is a zip, but no Excel workbook",
                  "unpack it and give what is in it");
}

static cs_error open_zip(const char *path, zip_t **out, cs_message *message) {
    int why = 0;
    *out = zip_open(path, ZIP_RDONLY, &why);
    if (*out) return CS_OK;
    if (why == ZIP_ER_MEMORY) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    zip_error_t error;
    zip_error_init_with_code(&error, why);
    if (why == ZIP_ER_OPEN || why == ZIP_ER_READ || why == ZIP_ER_SEEK || why == ZIP_ER_NOENT)
        message_set(message, CS_ERR_IO, "%s: %s", path, zip_error_strerror(&error));
    else
        refuse(message, CS_ERR_PARSE,
               "the workbook is damaged or cut off: the list of its parts at its end can't be read",
               "copy or export it again");
    zip_error_fini(&error);
    return why == ZIP_ER_OPEN || why == ZIP_ER_READ || why == ZIP_ER_SEEK || why == ZIP_ER_NOENT ? CS_ERR_IO
                                                                                                 : CS_ERR_PARSE;
}

cs_error xlsx_package_open(const char *path, cs_xlsx_package **out, cs_message *message) {
    cs_file_info info;
    cs_error code = file_info(path, &info, message);
    if (code != CS_OK) return code;
    if (info.bytes > MAX_PACKAGE_BYTES)
        return refuse(message, CS_ERR_LIMIT, "the workbook is larger than 1 GB", "export it as .csv, or in parts");
    if (begins_as_ole(path)) {
        if (is_encrypted(path))
            return refuse(message, CS_ERR_PARSE, "the workbook is protected by a password",
                          "open it, save it without a password, and give it again");
        return refuse(message, CS_ERR_PARSE, "the file is an Excel workbook of the old kind (.xls), which is not read",
                      "open it and save it as .xlsx");
    }
    cs_xlsx_package *package = calloc(1, sizeof *package);
    if (!package) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    package->bytes = info.bytes;
    code = open_zip(path, &package->zip, message);
    if (code == CS_OK && zip_get_num_entries(package->zip, 0) > MAX_ENTRIES)
        code = refuse(message, CS_ERR_LIMIT, "the workbook has more than 10,000 parts",
                      "is it really a workbook? Save it again");
    if (code == CS_OK) code = check_kind(package, message);
    if (code == CS_OK)
        *out = package;
    else
        xlsx_package_close(package);
    return code;
}

int64_t xlsx_package_bytes(const cs_xlsx_package *package) {
    return package->bytes;
}

bool xlsx_package_has(const cs_xlsx_package *package, const char *name) {
    return zip_name_locate(package->zip, name, ZIP_FL_NOCASE) >= 0;
}

void xlsx_package_close(cs_xlsx_package *package) {
    if (!package) return;
    if (package->zip) zip_discard(package->zip);
    free(package);
}

static cs_error check_size(const zip_stat_t *status, const char *name, uint64_t max_bytes, cs_message *message) {
    if (status->size > max_bytes) {
        message_set(message, CS_ERR_LIMIT, "the workbook's part %.120s unpacks to %llu bytes; at most %llu are read",
                    name, (unsigned long long)status->size, (unsigned long long)max_bytes);
    } else if (status->size > FREE_BYTES && status->size / MAX_RATIO > status->comp_size) {
        message_set(message, CS_ERR_LIMIT,
                    "the workbook's part %.120s unpacks to more than %d times its size, as only traps do", name,
                    MAX_RATIO);
    } else {
        return CS_OK;
    }
    message_remedy(message, "don't open the file if you don't know where it is from; else export it as .csv");
    return CS_ERR_LIMIT;
}

cs_error xlsx_part_open(cs_xlsx_package *package, const char *name, uint64_t max_bytes, cs_xlsx_part **out,
                        cs_message *message) {
    zip_int64_t index = zip_name_locate(package->zip, name, ZIP_FL_NOCASE);
    zip_stat_t status;
    if (index < 0 || zip_stat_index(package->zip, (zip_uint64_t)index, 0, &status) != 0) {
        message_set(message, CS_ERR_PARSE, "the workbook lacks its part %.120s", name);
        message_remedy(message, "open it in Excel and save it again");
        return CS_ERR_PARSE;
    }
    if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) && status.encryption_method != ZIP_EM_NONE)
        return refuse(message, CS_ERR_PARSE, "the workbook's zip is encrypted", "save it without a password");
    cs_error code = check_size(&status, name, max_bytes, message);
    if (code != CS_OK) return code;
    cs_xlsx_part *part = calloc(1, sizeof *part);
    if (!part) return message_set(message, CS_ERR_MEMORY, "no memory to unpack %.120s", name);
    snprintf(part->name, sizeof part->name, "%s", name);
    part->size = status.size;
    part->max = max_bytes;
    part->file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0);
    if (!part->file) {
        message_set(message, CS_ERR_PARSE, "the workbook's part %.120s can't be unpacked: %.120s", name,
                    zip_strerror(package->zip));
        message_remedy(message, "open it in Excel and save it again");
        xlsx_part_close(part);
        return CS_ERR_PARSE;
    }
    *out = part;
    return CS_OK;
}

cs_error xlsx_part_read(void *context, char *bytes, size_t room, size_t *got, cs_message *message) {
    cs_xlsx_part *part = context;
    zip_int64_t count = zip_fread(part->file, bytes, room);
    if (count < 0) {
        message_set(message, CS_ERR_PARSE, "the workbook is damaged in its part %.120s: %.120s", part->name,
                    zip_file_strerror(part->file));
        message_remedy(message, "copy or export it again");
        return CS_ERR_PARSE;
    }
    part->read += (uint64_t)count;
    if (part->read > part->max || part->read > part->size) {
        message_set(message, CS_ERR_LIMIT, "the workbook's part %.120s unpacks to more than it says, as only traps do",
                    part->name);
        message_remedy(message, "don't open the file if you don't know where it is from");
        return CS_ERR_LIMIT;
    }
    *got = (size_t)count;
    return CS_OK;
}

double xlsx_part_done(const cs_xlsx_part *part) {
    return part->size ? (double)part->read / (double)part->size : 1;
}

void xlsx_part_close(cs_xlsx_part *part) {
    if (!part) return;
    if (part->file) zip_fclose(part->file);
    free(part);
}

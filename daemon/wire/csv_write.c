/* Cells. The guard goes by the first sign that is not a blank, since some programs skip blanks. */
#include "wire/csv_write.h"

#include <string.h>

void csv_mark(struct text *text)
{
    text_add(text, "\xEF\xBB\xBF");
}

/* What begins a formula, or hides its begin (OWASP, CSV injection); the wide signs do in Chinese
 * and Japanese locales. */
static bool is_formula(const char *value)
{
    static const char *const signs[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                        "\n", "＝", "＋", "－", "＠"};
    value += strspn(value, " ");
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (text_starts(value, signs[i]))
            return true;
    return false;
}

/* A semicolon and a tab are no separators here, but may be taken for some. */
static bool needs_quotes(const char *value)
{
    size_t size = strlen(value);
    return size > 0 && (value[strcspn(value, "\",;\t\r\n")] != '\0' || value[0] == ' ' ||
                        value[size - 1] == ' ');
}

static void begin_cell(struct csv_line *line, const char *value)
{
    if (line->count++ > 0)
        text_add(line->text, ",");
    line->blank = line->count == 1 && *value == '\0';
}

void csv_text(struct csv_line *line, const char *value)
{
    if (value == NULL)
        value = "";
    begin_cell(line, value);
    bool guard = is_formula(value), quotes = needs_quotes(value);
    if (quotes)
        text_add(line->text, "\"");
    if (guard)
        text_add(line->text, "'");
    for (const char *quote; (quote = strchr(value, '"')) != NULL; value = quote + 1) {
        text_add_bytes(line->text, value, (size_t)(quote - value));
        text_add(line->text, "\"\"");
    }
    text_add(line->text, value);
    if (quotes)
        text_add(line->text, "\"");
}

void csv_number(struct csv_line *line, const char *value)
{
    if (value[strspn(value, "0123456789+-.eE")] != '\0') {
        csv_text(line, value);
        return;
    }
    begin_cell(line, value);
    text_add(line->text, value);
}

void csv_end(struct csv_line *line)
{
    if (line->blank)
        text_add(line->text, "\"\""); /* an empty line would be no line */
    text_add(line->text, "\r\n");
    line->count = 0;
    line->blank = false;
}

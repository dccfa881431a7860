/* Reading a call's query and conditions. */
#include "flow/call.h"

#include <string.h>

const char *call_query(const struct call *call, const char *name)
{
    for (int i = 0; i < call->query_count; i++)
        if (text_equal(call->query[i].name, name))
            return call->query[i].value;
    return NULL;
}

/* Space, comma or end: a tag stands between two of them. */
static bool parts_tags(char sign)
{
    return sign == '\0' || sign == ' ' || sign == '\t' || sign == ',';
}

bool call_names_etag(const char *list, const char *etag, bool weak)
{
    if (list == NULL || etag == NULL)
        return false;
    if (text_equal(list, "*"))
        return true;
    for (const char *at = strstr(list, etag); at != NULL; at = strstr(at + 1, etag)) {
        const char *begin = at;
        if (weak && at - list >= 2 && strncmp(at - 2, "W/", 2) == 0)
            begin = at - 2;
        if ((begin == list || parts_tags(begin[-1])) && parts_tags(at[strlen(etag)]))
            return true;
    }
    return false;
}

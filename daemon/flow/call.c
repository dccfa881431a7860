/* Reading a call's query. */
#include "flow/call.h"

const char *call_query(const struct call *call, const char *name)
{
    for (int i = 0; i < call->query_count; i++)
        if (text_equal(call->query[i].name, name))
            return call->query[i].value;
    return NULL;
}

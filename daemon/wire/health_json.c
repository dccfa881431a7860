/* Health as JSON. */
#include "wire/health_json.h"

#include "wire/writer.h"

struct slice ready_write(const struct names *reasons, const struct names *warnings,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "status", reasons->count == 0 ? "ready" : "not ready");
    put_names(&text, "reasons", reasons);
    put_names(&text, "warnings", warnings);
    put_end(&text, '}');
    return put_done(&text, arena);
}

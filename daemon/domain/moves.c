/* The table of moves. */
#include "domain/moves.h"

#define IN(state)    (1u << (state))
#define TICKET_OPEN  (((1u << TICKET_STATE_COUNT) - 1) & ~((1u << TICKET_OPEN_FROM) - 1))
#define TICKET_ENDED ((1u << TICKET_OPEN_FROM) - 1)
#define TASK_OPEN                                                                                  \
    (IN(TASK_IS_ASSIGNED) | IN(TASK_IS_SIGNED) | IN(TASK_IS_REPLIED) | IN(TASK_IS_RETURN_REQUESTED))
#define ANY      (~0u)
#define HOLDER   (MAY_UNIT | MAY_ORG)
#define SEATS    (MAY_OPERATOR | MAY_DISPATCHER)
#define DISTRICT (MAY_ORG | MAY_DISPATCHER | MAY_SUPERVISOR)
#define OWNERS   (MAY_ORG | MAY_DISPATCHER)
#define SIDES    (MAY_UNIT | OWNERS)
#define WATCHERS (HOLDER | MAY_DISPATCHER | MAY_SUPERVISOR)

/* clang-format off */
const struct move moves[] = {
    {"answer", ON_TICKET, IN(TICKET_IS_TRIAGE), SEATS, "public_answer! note",
     "Answer at the seat 直接答复"},
    {"dispatch", ON_TICKET, IN(TICKET_IS_TRIAGE), MAY_DISPATCHER, "unit org accept note",
     "Dispatch 派单"},
    {"redispatch", ON_TICKET, IN(TICKET_IS_DISPATCHED) | IN(TICKET_IS_HANDLING), MAY_DISPATCHER,
     "unit org reason!", "Redispatch 改派"},
    {"callback", ON_TICKET, IN(TICKET_IS_COMPLETED), MAY_OPERATOR,
     "reached! contacted solved satisfied note", "Callback 回访"},
    {"rehandle", ON_TICKET, IN(TICKET_IS_COMPLETED), MAY_OPERATOR, "reason! note",
     "Handle again 重办"},
    {"close", ON_TICKET, IN(TICKET_IS_COMPLETED), MAY_SUPERVISOR, "reason note", "Close 结案"},
    {"reopen", ON_TICKET, IN(TICKET_IS_CLOSED), MAY_SUPERVISOR, "reason! note", "Reopen 重启"},
    {"hang", ON_TICKET, IN(TICKET_IS_HANDLING), MAY_SUPERVISOR, "reason! review_on", "Hang 挂账"},
    {"unhang", ON_TICKET, IN(TICKET_IS_HUNG), MAY_SUPERVISOR, "reason note", "Take up again 销挂"},
    {"merge", ON_TICKET, TICKET_OPEN, MAY_DISPATCHER, "into! reason note", "Merge into another 并单"},
    {"amend", ON_TICKET, TICKET_OPEN, SEATS, "category area content address reason reroute",
     "Correct 更正"},
    {"exclude", ON_TICKET, ANY, MAY_SUPERVISOR, "reason! note", "Leave out of the rates 剔除"},
    {"include", ON_TICKET, ANY, MAY_SUPERVISOR, "reason note", "Count in the rates again 计入"},
    {"erase", ON_TICKET, TICKET_ENDED, MAY_SUPERVISOR, "reason!", "Erase texts and petitioner 删除"},
    {"urge", ON_TICKET, TICKET_OPEN, MAY_SUPERVISOR, "reason note", "Urge 催办"},
    {"supervise", ON_TICKET, TICKET_OPEN, MAY_SUPERVISOR, "reason note", "Supervise 督办"},
    {"cancel", ON_TICKET, TICKET_OPEN, SEATS, "reason! note", "Cancel 撤单"},
    {"invalid", ON_TICKET, TICKET_OPEN, SEATS, "reason! note", "Mark invalid 无效"},
    {"note", ON_TICKET, ANY, SEATS | HOLDER | MAY_SUPERVISOR, "text! kind", "Note 批示"},
    {"sign", ON_TASK, IN(TASK_IS_ASSIGNED), HOLDER, "", "Sign for 签收"},
    {"contact", ON_TASK, IN(TASK_IS_SIGNED), HOLDER, "at how note", "First contact 先行联系"},
    {"delegate", ON_TASK, IN(TASK_IS_ASSIGNED) | IN(TASK_IS_SIGNED), MAY_ORG, "unit org",
     "Delegate 下派"},
    {"assist", ON_TASK, IN(TASK_IS_SIGNED), MAY_UNIT | MAY_DISPATCHER, "units!",
     "Ask for assistance 协办"},
    {"waive", ON_TASK, TASK_OPEN, MAY_DISPATCHER, "reason! note", "Waive an assist 免办"},
    {"return", ON_TASK, IN(TASK_IS_ASSIGNED) | IN(TASK_IS_SIGNED), HOLDER,
     "reason! basis proposed_unit", "Ask to return 申请退回"},
    {"return/approve", ON_TASK, IN(TASK_IS_RETURN_REQUESTED), MAY_DISPATCHER, "unit org note",
     "Approve the return 同意退回"},
    {"return/reject", ON_TASK, IN(TASK_IS_RETURN_REQUESTED), MAY_DISPATCHER, "reason note",
     "Reject the return 驳回退回"},
    {"extend", ON_TASK, IN(TASK_IS_SIGNED), HOLDER, "span! reason!", "Ask for more time 申请延期"},
    {"extend/approve", ON_TASK, IN(TASK_IS_SIGNED), MAY_DISPATCHER, "span note",
     "Grant more time 同意延期"},
    {"extend/reject", ON_TASK, IN(TASK_IS_SIGNED), MAY_DISPATCHER, "reason note",
     "Refuse more time 驳回延期"},
    {"reply", ON_TASK, IN(TASK_IS_SIGNED), HOLDER,
     "result! public_answer solved contacted_at attachments", "Reply 回复"},
    {"reply/pass", ON_TASK, IN(TASK_IS_REPLIED), MAY_DISPATCHER | MAY_ORG, "reason note",
     "Pass the reply 审核通过"},
    {"reply/reject", ON_TASK, IN(TASK_IS_REPLIED), MAY_DISPATCHER | MAY_ORG, "reason! note",
     "Reject the reply 审核驳回"},
    {"note", ON_TASK, ANY, SEATS | HOLDER | MAY_SUPERVISOR, "text! kind", "Note 批示"},
    {"approve", ON_WHISTLE, IN(WHISTLE_IS_RAISED), MAY_ORG, "note", "Approve the whistle 批准吹哨"},
    {"reject", ON_WHISTLE, IN(WHISTLE_IS_RAISED), MAY_ORG, "reason! note",
     "Reject the whistle 不予吹哨"},
    {"withdraw", ON_WHISTLE, IN(WHISTLE_IS_RAISED) | IN(WHISTLE_IS_APPROVED), MAY_ORG,
     "reason! note", "Withdraw the whistle 撤哨"},
    {"close", ON_WHISTLE, IN(WHISTLE_IS_APPROVED), MAY_ORG, "reason note",
     "Close the whistle 销哨"},
    {"note", ON_WHISTLE, ANY, WATCHERS, "text! kind", "Note 批示"},
    {"acknowledge", ON_TARGET, IN(TASK_IS_ASSIGNED), HOLDER, "", "Acknowledge the whistle 应哨"},
    {"arrive", ON_TARGET, IN(TASK_IS_SIGNED), HOLDER, "who how_many note", "Arrive 报到"},
    {"result", ON_TARGET, IN(TASK_IS_SIGNED), HOLDER, "result! solved note",
     "Report the result 反馈结果"},
    {"refuse", ON_TARGET, IN(TASK_IS_ASSIGNED) | IN(TASK_IS_SIGNED), HOLDER, "reason! note",
     "Refuse; the district decides 拒哨"},
    {"refuse/approve", ON_TARGET, IN(TASK_IS_RETURN_REQUESTED), DISTRICT, "reason note",
     "Approve the refusal 同意拒哨"},
    {"refuse/reject", ON_TARGET, IN(TASK_IS_RETURN_REQUESTED), DISTRICT, "reason! note",
     "Reject the refusal 责令应哨"},
    {"rate", ON_TARGET, IN(TASK_IS_REPLIED) | IN(TASK_IS_COMPLETED), HOLDER, "score! note",
     "Rate the unit, or the street 互评"},
    {"note", ON_TARGET, ANY, WATCHERS, "text! kind", "Note 批示"},
    {"publish", ON_OFFER, IN(OFFER_IS_DRAFT), OWNERS, "", "Publish: the paired units first 发布"},
    {"take", ON_OFFER, IN(OFFER_IS_PUBLISHED) | IN(OFFER_IS_TAKEN), HOLDER, "unit",
     "Take, alone or jointly 认领"},
    {"release", ON_OFFER, IN(OFFER_IS_TAKEN), SIDES, "reason! unit",
     "Give it back 退领"},
    {"milestone", ON_OFFER, IN(OFFER_IS_PUBLISHED) | IN(OFFER_IS_TAKEN), SIDES,
     "milestone! done note unit", "Tell of a milestone 进展"},
    {"finish", ON_OFFER, IN(OFFER_IS_TAKEN), HOLDER, "result! unit",
     "Finish one's part 办结"},
    {"rate", ON_OFFER, IN(OFFER_IS_TAKEN) | IN(OFFER_IS_FINISHED) | IN(OFFER_IS_CLOSED),
     SIDES, "score! note unit", "Rate the unit, or the owner 互评"},
    {"close", ON_OFFER, IN(OFFER_IS_DRAFT) | IN(OFFER_IS_PUBLISHED) | IN(OFFER_IS_TAKEN), OWNERS,
     "reason! note", "Close 关闭"},
    {"note", ON_OFFER, ANY, WATCHERS, "text! kind", "Note 批示"},
    {"sign", ON_SHARE, IN(TASK_IS_ASSIGNED), HOLDER, "", "Sign for 签收"},
    {"release", ON_SHARE, IN(TASK_IS_ASSIGNED) | IN(TASK_IS_SIGNED), SIDES, "reason!",
     "Give it back 退领"},
    {"milestone", ON_SHARE, IN(TASK_IS_SIGNED) | IN(TASK_IS_REPLIED), SIDES,
     "milestone! done note", "Tell of a milestone 进展"},
    {"finish", ON_SHARE, IN(TASK_IS_SIGNED), HOLDER, "result!", "Finish one's part 办结"},
    {"rate", ON_SHARE, IN(TASK_IS_REPLIED) | IN(TASK_IS_COMPLETED), SIDES,
     "score! note", "Rate the unit, or the owner 互评"},
    {"note", ON_SHARE, ANY, WATCHERS, "text! kind", "Note 批示"},
};
/* clang-format on */

const int move_count = COUNT_OF(moves);

enum move_on move_on(int origin, bool task)
{
    if (origin == ORIGIN_TICKET)
        return task ? ON_TASK : ON_TICKET;
    if (origin == ORIGIN_WHISTLE)
        return task ? ON_TARGET : ON_WHISTLE;
    return task ? ON_SHARE : ON_OFFER;
}

const struct move *move_find(int on, const char *name)
{
    for (int i = 0; i < move_count; i++)
        if (moves[i].on == on && text_equal(moves[i].name, name))
            return &moves[i];
    return NULL;
}

struct names moves_allowed(int on, int state, unsigned who, struct arena *arena)
{
    struct names names = {0, ARENA_ARRAY(arena, const char *, move_count)};
    for (int i = 0; i < move_count; i++)
        if (moves[i].on == on && (moves[i].from & IN(state)) != 0 && (moves[i].who & who) != 0)
            names.at[names.count++] = moves[i].name;
    return names;
}

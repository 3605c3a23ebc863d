/* What columns, speakers and files are called, in Chinese and English. */
#include "conversation/guess_parts.h"

#include <string.h>
#include <strings.h>

enum { MAX_NAME = 200 };

/* The names of each use as they are after fold_name; the commonest first. */
static const struct {
    uint32_t use;
    const char *names;
} names[] = {
    {CS_COLUMN_CONVERSATION,
     "会话id|会话编号|会话号|会话标识|会话流水号|对话id|对话编号|通话id|通话编号|通话标识|通话流水号|呼叫id|呼叫编号|"
     "呼叫标识|呼叫流水号|咨询编号|留言编号|流水号|通话流水|呼叫流水|流水|录音编号|callid|calluuid|uuid|uniqueid|"
     "linkedid|sessionid|session|"
     "conversationid|conversation|chatid|interactionid|contactid|dialogid|threadid"},
    {CS_COLUMN_SPEAKER, "角色|说话人|发言人|发言角色|发送方|消息发送方|发送者类型|发送人|发送者|发送人类型|消息来源|"
                        "身份|speaker|role|sender|"
                        "sendertype|sendby|author|who|fromrole|speakerrole"},
    {CS_COLUMN_TEXT,
     "内容|消息内容|对话内容|聊天内容|会话内容|发言内容|文本|文本内容|消息|转写文本|转写内容|转写|识别结果|"
     "留言内容|留言详情|留言|咨询内容|客户问题|用户问题|问题|提问|来信内容|投诉内容|诉求内容|text|content|"
     "message|messagetext|body|utterance|transcript|question|customermessage"},
    {CS_GUESS_ANSWER, "答复意见|答复|答复内容|回复|回复内容|客服回复|坐席回复|回答|答案|官方回复|answer|reply|response|"
                      "agentreply|agentmessage"},
    {CS_GUESS_ANSWER_TIME, "答复时间|回复时间|回答时间|replytime|replyat|repliedat|responsetime"},
    {CS_COLUMN_TIME,
     "时间|开始时间|发送时间|消息时间|通话时间|通话开始时间|呼叫时间|呼叫开始时间|来电时间|拨打时间|起始时间|"
     "进线时间|呼入时间|振铃时间|发生时间|创建时间|留言时间|提问时间|操作时间|受理时间|建单时间|评价时间|日期|通话日期|"
     "日期时间|time|"
     "starttime|start|startedat|calldate|calltime|datetime|timestamp|createtime|createdat|createdtime|"
     "sendtime|sentat|date|ts|opened|openedat"},
    {CS_COLUMN_ENDED, "结束时间|通话结束时间|挂机时间|挂断时间|endtime|end|endedat|hanguptime"},
    {CS_COLUMN_ANSWERED, "应答时间|接通时间|接听时间|通话接听时间|answertime|answer|answeredat|answered|connecttime"},
    {CS_COLUMN_DURATION, "时长|通话时长|通话时长秒|时长秒|通话秒数|总时长|持续时间|计费时长|duration|durations|billsec|"
                         "talktime|callduration|durationsec|seconds"},
    {CS_COLUMN_RECORDING,
     "录音|录音文件|录音文件名|录音地址|录音路径|录音url|录音链接|recording|recordingfile|recordfile|"
     "recordingurl|recordurl|filename|file|voicefile"},
    {CS_COLUMN_CUSTOMER,
     "客户id|客户编号|客户号|客户|客户标识|用户id|用户编号|会员id|会员号|会员编号|会员卡号|留言用户|访客id|"
     "customerid|customer|customerno|userid|memberid|clientid|visitorid"},
    {CS_COLUMN_CUSTOMER_NAME,
     "客户姓名|客户名称|客户名|用户姓名|用户名称|用户名|会员姓名|联系人|姓名|昵称|访客名称|客户昵称|"
     "customername|clientname|username|nickname|name|contactname"},
    {CS_COLUMN_CALLER, "主叫号码|主叫|主叫方|caller|callernumber|callingnumber|callingparty|src|ani"},
    {CS_COLUMN_CALLED, "被叫号码|被叫|被叫方|called|callee|callednumber|calledparty|dst|dnis"},
    {CS_COLUMN_NUMBER,
     "电话|手机|手机号|手机号码|电话号码|联系电话|联系方式|客户号码|客户电话|客户手机|客户手机号|用户号码|用户手机|"
     "来电号码|主叫号码|主叫|被叫号码|被叫|外呼号码|号码|phone|phonenumber|mobile|tel|telephone|number|"
     "caller|callerid|callernumber|callingnumber|src|dst|customerphone|customernumber|contactnumber|"
     "ani|msisdn"},
    {CS_COLUMN_ACCOUNT,
     "账号|帐号|账户|客户账号|用户账号|登录名|户号|会员账号|account|accountid|accountno|login|useraccount"},
    {CS_COLUMN_OPENID, "openid|unionid|微信openid|微信号|微信id|wxid|wechatid|wechat"},
    {CS_COLUMN_AGENT,
     "坐席|座席|坐席姓名|座席姓名|坐席名称|坐席名|客服|客服姓名|客服名称|客服昵称|接待客服|员工|员工姓名|姓名|"
     "处理人|受理人|经办人|服务人员|话务员|agent|agentname|operator|operatorname|staff|staffname|"
     "employee|employeename|handler|handledby|rep|name"},
    {CS_COLUMN_AGENT_ID,
     "工号|坐席工号|座席工号|客服工号|员工工号|员工编号|坐席id|座席id|客服id|坐席编号|agentid|agentno|staffid|"
     "staffno|employeeid|employeeno|operatorid|workno|jobnumber"},
    {CS_COLUMN_EXTENSION, "分机|分机号|分机号码|坐席分机|座席分机|extension|ext|exten|agentextension|extno"},
    {CS_COLUMN_TEAM,
     "班组|团队|小组|组别|组|所属班组|所属小组|部门|所属部门|班组名称|team|teamname|group|groupname|department|dept"},
    {CS_COLUMN_QUEUE,
     "技能组|队列|队列名称|技能组名称|技能|业务线|业务组|queue|queuename|skill|skillgroup|skillset|acd"},
    {CS_COLUMN_FROM, "入职日期|入职时间|入职|入组日期|入组时间|上岗日期|生效日期|生效时间|起始日期|开始日期|from|"
                     "validfrom|startdate|hiredate|since"},
    {CS_COLUMN_TO, "离职日期|离职时间|离职|离组日期|离组时间|离岗日期|失效日期|失效时间|截止日期|结束日期|to|validto|"
                   "enddate|leavedate|until"},
    {CS_COLUMN_DIRECTION,
     "呼叫类型|呼叫方向|通话类型|通话方向|方向|呼入呼出|来去电|direction|calltype|calldirection|inout"},
    {CS_COLUMN_HANG_UP, "挂机方|挂断方|先挂断方|挂断人|挂机人|hangup|hangupby|hangupside|releasedby|disconnectedby"},
    {CS_COLUMN_TICKET,
     "工单|工单号|工单编号|工单id|单号|案件编号|受理单号|受理编号|任务单号|服务单号|ticket|ticketid|ticketno|"
     "ticketnumber|case|caseid|caseno|casenumber|workorder|workorderid|issueid"},
    {CS_COLUMN_EVENT, "操作|操作类型|动作|事件|环节|处理环节|节点|流转动作|event|eventtype|action|activity|operation"},
    {CS_COLUMN_STATUS, "状态|工单状态|当前状态|处理状态|status|state|ticketstatus"},
    {CS_COLUMN_TICKET_KIND,
     "工单类型|问题类型|工单分类|业务类型|类型|分类|类别|诉求类型|type|tickettype|category|kind|class"},
    {CS_COLUMN_CLOSED,
     "办结时间|结单时间|关闭时间|完结时间|完成时间|归档时间|closedat|closetime|closed|closedtime|resolvedat|"
     "resolved|completedat"},
    {CS_COLUMN_SCORE,
     "评分|满意度|满意度评分|满意度评价|满意度得分|分数|得分|打分|星级|评价结果|评价分|评价|score|rating|csat|nps|"
     "satisfaction|stars|surveyscore"},
    {CS_COLUMN_COMMENT, "评语|评价内容|评价备注|客户评价|意见|反馈|备注|comment|comments|feedback|remark|remarks|note"},
    {CS_COLUMN_TITLE, "标题|主题|留言主题|工单标题|会话主题|工单主题|title|subject|topic|summary"},
};

static const struct {
    const char *word;
    cs_role role;
} roles[] = {
    {"客户", CS_ROLE_CUSTOMER},     {"用户", CS_ROLE_CUSTOMER},    {"顾客", CS_ROLE_CUSTOMER},
    {"访客", CS_ROLE_CUSTOMER},     {"会员", CS_ROLE_CUSTOMER},    {"买家", CS_ROLE_CUSTOMER},
    {"市民", CS_ROLE_CUSTOMER},     {"来电人", CS_ROLE_CUSTOMER},  {"主叫", CS_ROLE_CUSTOMER},
    {"customer", CS_ROLE_CUSTOMER}, {"user", CS_ROLE_CUSTOMER},    {"usr", CS_ROLE_CUSTOMER},
    {"client", CS_ROLE_CUSTOMER},   {"visitor", CS_ROLE_CUSTOMER}, {"caller", CS_ROLE_CUSTOMER},
    {"buyer", CS_ROLE_CUSTOMER},    {"机器人", CS_ROLE_BOT},       {"智能客服", CS_ROLE_BOT},
    {"bot", CS_ROLE_BOT},           {"robot", CS_ROLE_BOT},        {"chatbot", CS_ROLE_BOT},
    {"系统", CS_ROLE_SYSTEM},       {"system", CS_ROLE_SYSTEM},    {"坐席", CS_ROLE_AGENT},
    {"座席", CS_ROLE_AGENT},        {"客服", CS_ROLE_AGENT},       {"人工客服", CS_ROLE_AGENT},
    {"人工", CS_ROLE_AGENT},        {"商家", CS_ROLE_AGENT},       {"卖家", CS_ROLE_AGENT},
    {"店家", CS_ROLE_AGENT},        {"员工", CS_ROLE_AGENT},       {"话务员", CS_ROLE_AGENT},
    {"agent", CS_ROLE_AGENT},       {"staff", CS_ROLE_AGENT},      {"operator", CS_ROLE_AGENT},
    {"seller", CS_ROLE_AGENT},      {"assistant", CS_ROLE_AGENT},  {"service", CS_ROLE_AGENT},
    {"sys", CS_ROLE_AGENT},         {"server", CS_ROLE_AGENT},     {"rep", CS_ROLE_AGENT},
};

static const struct {
    cs_mapping_kind kind;
    const char *word;
} hints[] = {
    {CS_MAPPING_CALLS, "话单"},          {CS_MAPPING_CALLS, "通话记录"},      {CS_MAPPING_CALLS, "通话清单"},
    {CS_MAPPING_CALLS, "呼叫记录"},      {CS_MAPPING_CALLS, "cdr"},           {CS_MAPPING_CALLS, "calls"},
    {CS_MAPPING_TICKETS, "工单"},        {CS_MAPPING_TICKETS, "ticket"},      {CS_MAPPING_ROSTER, "花名册"},
    {CS_MAPPING_ROSTER, "人员名单"},     {CS_MAPPING_ROSTER, "roster"},       {CS_MAPPING_ROSTER, "agents"},
    {CS_MAPPING_SATISFACTION, "满意度"}, {CS_MAPPING_SATISFACTION, "评价"},   {CS_MAPPING_SATISFACTION, "csat"},
    {CS_MAPPING_SATISFACTION, "survey"}, {CS_MAPPING_CUSTOMERS, "客户资料"},  {CS_MAPPING_CUSTOMERS, "客户列表"},
    {CS_MAPPING_CUSTOMERS, "会员"},      {CS_MAPPING_CUSTOMERS, "customers"}, {CS_MAPPING_CONVERSATIONS, "聊天"},
    {CS_MAPPING_CONVERSATIONS, "会话"},  {CS_MAPPING_CONVERSATIONS, "chat"},  {CS_MAPPING_CONVERSATIONS, "转写"},
};

/* Small letters; without blanks and the marks that stand in names of columns. */
static void fold_name(const char *name, char out[MAX_NAME + 1]) {
    static const char *const wide[] = {"（", "）", "：", "　", "【", "】", "\xc2\xa0", "\xef\xbb\xbf"};
    size_t used = 0;
    const char *dot = strrchr(name, '.'); /* of a path in JSON the last key counts */
    for (const char *at = dot && dot[1] ? dot + 1 : name; *at && used < MAX_NAME;) {
        size_t skipped = strchr(" _-./:()[]*#\t\"'", *at) ? 1 : 0;
        for (size_t i = 0; !skipped && i < sizeof wide / sizeof wide[0]; i++) {
            if (strncmp(at, wide[i], strlen(wide[i])) == 0) skipped = strlen(wide[i]);
        }
        if (skipped) {
            at += skipped;
            continue;
        }
        out[used++] = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
        at++;
    }
    out[used] = 0;
}

/* How well one listed name goes with a folded one: the same, or a part of it that is no accident. */
static double compare(const char *folded, size_t folded_bytes, const char *known, size_t bytes) {
    if (bytes == folded_bytes && memcmp(folded, known, bytes) == 0) return 0.95;
    bool is_long_enough = (unsigned char)*known >= 0x80 ? bytes >= 6 : bytes >= 5;
    if (!is_long_enough || folded_bytes <= bytes || !memmem(folded, folded_bytes, known, bytes)) return 0;
    return 0.35 + 0.4 * (double)bytes / (double)folded_bytes;
}

double guess_name_score(const char *name, uint32_t use) {
    char folded[MAX_NAME + 1];
    double best = 0;
    fold_name(name, folded);
    size_t folded_bytes = strlen(folded);
    for (size_t i = 0; folded_bytes > 0 && i < sizeof names / sizeof names[0]; i++) {
        if (names[i].use != use) continue;
        double rank = 0; /* of two columns with names of one use, the one with the commoner name */
        for (const char *at = names[i].names; *at;) {
            size_t bytes = strcspn(at, "|");
            double score = compare(folded, folded_bytes, at, bytes);
            if (score > 0 && score - rank > best) best = score - rank;
            at += bytes + (at[bytes] == '|');
            rank += 0.001;
        }
    }
    return best;
}

bool guess_is_known_name(const char *name) {
    for (uint32_t use = 0; use < CS_GUESS_USES; use++) {
        if (guess_name_score(name, use) >= 0.85) return true;
    }
    return false;
}

cs_role guess_role(const char *word) {
    cs_role role = role_parse(word);
    for (size_t i = 0; role == CS_ROLE_COUNT && i < sizeof roles / sizeof roles[0]; i++) {
        if (strcasecmp(roles[i].word, word) == 0) role = roles[i].role;
    }
    return role;
}

double guess_kind_hint(const char *path, cs_mapping_kind kind) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (hints[i].kind == kind && strcasestr(name, hints[i].word)) return 1;
    }
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_msg_test.c - TCAP messages, good ones both ways and bad ones
 *
 * Octets from the vectors (tcap.jsonl, negative.jsonl) or by hand from Q.773.
 */

#include "tcap_msg.h"

#include "check.h"
#include "unhex.h"

#define AARQ_V3                                                                \
    "6b1e281c060700118605010101a011600f80020780a109060704000001001403"
#define SRI_INVOKE                                                             \
    "a11d02010102012d30158007914477000910328101ff820791447700093012"

/* A message under test; the windows of m look into o. */
struct probe {
    uint8_t o[1024];
    size_t len;
    struct rd_err err;
    struct rd r;
    struct tcap_msg m;
};

static int probe(struct probe *p, const char *hex)
{
    p->len = unhex(hex, p->o, sizeof(p->o));
    p->r = rd_init(p->o, p->len, &p->err);
    return tcap_msg_read(&p->r, &p->m);
}

/* Write all of what was read; true if that gives the same octets. */
static bool written_again(struct probe *p)
{
    uint8_t buf[1024];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t msg = tcap_open(&w, p->m.type, &p->m.otid, &p->m.dtid);
    struct tcap_comp c;

    if (p->m.has_p_abort)
        tcap_p_abort_write(&w, p->m.p_abort);
    tcap_dialogue_write(&w, &p->m.dlg);
    if (p->m.has_components) {
        size_t comps = tcap_comps_open(&w);

        while (tcap_comp_next(&p->m.components, &c) == 1)
            tcap_comp_write(&w, &c);
        tcap_comps_close(&w, comps);
    }
    tcap_close(&w, msg);
    return wr_ok(&w) && w.len == p->len && memcmp(buf, p->o, w.len) == 0;
}

static void messages_survive_the_round_trip(void)
{
    static const char *const hex[] = {
        "624748048d93e860" AARQ_V3 "6c1f" SRI_INVOKE,
        /* AARQ without version, v1 context */
        "62434804794a018f6b1a2818060700118605010101a00d600ba10906070400000100"
        "14016c1f" SRI_INVOKE,
        /* version 1: no dialogue portion; invoke id -1 */
        "6227480420ec58f16c1fa11d0201ff02012d30158007914477000910328101ff8207"
        "91447700093012",
        /* AARE with map-accept, result without parameter */
        "644a49048be33eb36b3b2839060700118605010101a02e612c80020780a109060704"
        "000001001401a203020100a305a103020100be0f280d060704000001010101a002a1"
        "006c05a203020101",
        /* refused by the provider: no common dialogue portion */
        "67324904f8c7fc966b2a2828060700118605010101a01d611b80020780a109060704"
        "000001001403a203020101a305a203020102",
        /* ABRT of provider, ABRT of user with map-userAbort, P-Abort, bare */
        "671a4904451be6d26b122810060700118605010101a0056403800101",
        "672d4904509f9a816b252823060700118605010101a0186416800100be11280f0607"
        "04000001010101a004a4028000",
        "67094904c6c3b7284a0101",
        "670649040f6f18f2",
        /* transaction ids of one octet and with zeros in front */
        "65084801004903000001",
        /* linked id, operation codes of two octets and of an object id */
        "651b4804d2e11afc4904d280c6e66c0da10b02010280010102012c3000",
        "651348041ffbd9964904e5ebc6316c05a203020101",
        "651d4804991c165e4904e96778456c0fa10d02010106082a864886f7140102",
        "65174804d4e31d7349042c2608566c09a107020101020200c8",
        /* not last, then last; a result with parameter; an error with one */
        "642e49041415e9b86c26a71f020101301a02012d3015040832140599999999f9a009"
        "810791447700091032a203020101",
        "641549042c58127a6c0da30b0201010201063003020106",
        /* rejects, with and without invoke id */
        "6410490405bc9ff66c08a406020101810100",
        "65154804cd3d439c4904b7c4a8f56c07a4050500800100",
        /* unidirectional */
        "613e6b1e281c060700118605010201a011600f80020780a109060704000001001702"
        "6c1ca11a0201010201403012040791447700091032040791447700093012",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct probe p;
        bool survived = probe(&p, hex[i]) == -1 && written_again(&p);

        if (!survived)
            printf("%s\n", hex[i]);
        CHECK(survived);
    }
}

static void reads_every_field_of_a_begin(void)
{
    struct probe p;
    struct tcap_comp c;

    CHECK(probe(&p, "624748048d93e860" AARQ_V3 "6c1f" SRI_INVOKE) == -1);
    CHECK(p.m.type == TCAP_BEGIN && p.m.otid.len == 4 && p.m.dtid.len == 0);
    CHECK(memcmp(p.m.otid.octet, "\x8d\x93\xe8\x60", 4) == 0);
    CHECK(p.m.dlg.pdu == TCAP_DLG_AARQ && p.m.dlg.has_version &&
          p.m.dlg.version1);
    CHECK(p.m.dlg.acn.ac == 20 && p.m.dlg.acn.version == 3);
    CHECK(!p.m.dlg.has_user_info && rd_left(&p.m.dlg.user_info) == 0);
    CHECK(tcap_comp_next(&p.m.components, &c) == 1);
    CHECK(c.type == TCAP_INVOKE && c.has_id && c.id == 1 && !c.has_linked);
    CHECK(c.has_op && c.op == 45 && c.has_param && rd_left(&c.param) == 23);
    CHECK(tcap_comp_next(&p.m.components, &c) == 0);
}

static void reads_the_dialogue_of_an_answer(void)
{
    struct probe p;

    CHECK(probe(&p, "67324904c2d5fa896b2a2828060700118605010101a01d611b800207"
                    "80a109060704000001001402a203020101a305a103020102") == -1);
    CHECK(p.m.dlg.pdu == TCAP_DLG_AARE && p.m.dlg.result == 1);
    CHECK(p.m.dlg.diag_source == TCAP_DIAG_USER && p.m.dlg.diag == 2);
    CHECK(
        probe(&p, "671a4904451be6d26b122810060700118605010101a0056403800101") ==
        -1);
    CHECK(p.m.dlg.pdu == TCAP_DLG_ABRT && p.m.dlg.abort_source == 1);
    CHECK(probe(&p, "67094904c6c3b7284a0104") == -1);
    CHECK(p.m.has_p_abort && p.m.p_abort == TCAP_P_RESOURCES);
    CHECK(p.m.dlg.pdu == TCAP_DLG_NONE);
}

/* X.227 gives an AARQ titles under the tags of an AARE's result. */
static void titles_in_a_request_are_no_result(void)
{
    struct probe p;

    CHECK(probe(&p, "622c480401020304"
                    "6b242822060700118605010101a01760158002"
                    "0780a109060704000001001403a20406022a03") == -1);
    CHECK(p.m.dlg.acn.ac == 20 && p.m.dlg.acn.version == 3);
    CHECK(probe(&p, "622d480401020304"
                    "6b252823060700118605010101a01860168002"
                    "0780a109060704000001001403a305a103020101") == -1);
    CHECK(p.m.dlg.diag_source == 0 && p.m.dlg.diag == 0);
}

static void finds_the_map_user_information(void)
{
    struct probe p;

    /* behind one of a foreign abstract syntax */
    CHECK(probe(&p, "624a48039988776b432841060700118605010101a036603480020780a1"
                    "0906070400"
                    "0001001403be23280f06082a864886f70d0101a0030401002810060704"
                    "0000010101"
                    "01a005a003800191") == -1);
    CHECK(p.m.dlg.has_user_info && p.m.dlg.map_dialogue);
    CHECK(rd_left(&p.m.dlg.user_info) == 5 && p.m.dlg.user_info.p[0] == 0xa0);
    /* a foreign one alone is told apart */
    CHECK(probe(&p, "623848039988776b31282f060700118605010101a024602280020780a1"
                    "0906070400"
                    "0001001403be11280f06082a864886f70d0101a003040100") == -1);
    CHECK(p.m.dlg.has_user_info && !p.m.dlg.map_dialogue);
    /* no dialogue PDU around it, in an Abort */
    CHECK(probe(&p, "671949040f3104d96b11280f060704000001010101a004a4028000") ==
          -1);
    CHECK(p.m.dlg.pdu == TCAP_DLG_OTHER && p.m.dlg.map_dialogue);
    CHECK(!p.m.dlg.unidirectional && rd_left(&p.m.dlg.user_info) == 4);
}

static void takes_every_form_of_length(void)
{
    static const char *const hex[] = {
        "628048048d93e8606b802880060700118605010101a080608080020780a180060704"
        "000001001403000000000000000000006c80a18002010102012d3080800791447700"
        "0910328101ff8207914477000930120000000000000000",
        "6281584881048d93e8606b812528812206810700118605010101a081156081128081"
        "020780a1810a068107040000010014036c8126a18123028101010281012d30811880"
        "810791447700091032818101ff82810791447700093012",
        "62820069488200048d93e8606b82002c288200280682000700118605010101a08200"
        "1960820015808200020780a182000b06820007040000010014036c82002da1820029"
        "0282000101028200012d3082001b808200079144770009103281820001ff82820007"
        "91447700093012",
        "62840000008b4884000000048d93e8606b840000003a288400000034068400000007"
        "00118605010101a0840000002160840000001b8084000000020780a1840000000d06"
        "8400000007040000010014036c840000003ba1840000003502840000000101028400"
        "0000012d30840000002180840000000791447700091032818400000001ff82840000"
        "000791447700093012",
        "62820055488200048d93e8606b8028820020060700118605010101a0156082001180"
        "020780a182000906070400000100140300006c8122a182001e02010102012d301680"
        "8107914477000910328101ff820791447700093012",
    };
    struct probe p;
    struct tcap_comp c;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        CHECK(probe(&p, hex[i]) == -1);
        CHECK(p.m.dlg.acn.ac == 20 && p.m.dlg.acn.version == 3);
        CHECK(tcap_comp_next(&p.m.components, &c) == 1 && c.op == 45);
    }
}

static void knows_versions_by_their_bits(void)
{
    struct probe p;

    CHECK(probe(&p, "62264804112233446b1e281c060700118605010101a011600f800206"
                    "40a109060704000001001403") == -1);
    CHECK(p.m.dlg.has_version && !p.m.dlg.version1);
    CHECK(probe(&p, "62224804112233446b1a2818060700118605010101a00d600ba10906"
                    "0704000001001403") == -1);
    CHECK(!p.m.dlg.has_version && p.m.dlg.version1);
}

static void tells_bad_messages_from_each_other(void)
{
    static const struct {
        const char *hex;
        int cause;
        uint8_t otid_len; /* 0: dropped */
    } bad[] = {
        { "6006480411223344", TCAP_P_UNRECOGNIZED_MESSAGE, 4 },
        { "4206480411223344", TCAP_P_UNRECOGNIZED_MESSAGE, 4 },
        { "e206480411223344", TCAP_P_UNRECOGNIZED_MESSAGE, 4 },
        { "6a06480101490101", TCAP_P_UNRECOGNIZED_MESSAGE, 1 },
        { "6a0449020102", TCAP_P_UNRECOGNIZED_MESSAGE, 0 },
        { "6200", TCAP_P_INCORRECT, 0 },
        { "62064904556677"
          "88",
          TCAP_P_INCORRECT, 0 },
        { "62024800", TCAP_P_INCORRECT, 0 },
        { "620748050102030405", TCAP_P_INCORRECT, 0 },
        { "6209480411223344480199", TCAP_P_INCORRECT, 4 },
        { "650848041122334"
          "46c00",
          TCAP_P_INCORRECT, 4 },
        { "622848041122334"
          "46c00" AARQ_V3,
          TCAP_P_INCORRECT, 4 },
        { "6400", TCAP_P_INCORRECT, 0 },
        { "", TCAP_P_BADLY_FORMATTED, 0 },
        { "6247480411223344", TCAP_P_BADLY_FORMATTED, 0 },
        { "6284ffffffff48010162", TCAP_P_BADLY_FORMATTED, 0 },
        { "6288ffffffffffffffff480101", TCAP_P_BADLY_FORMATTED, 0 },
        { "62804880010100000000", TCAP_P_BADLY_FORMATTED, 0 },
        { "62084804112233446b7f", TCAP_P_BADLY_FORMATTED, 4 },
        { "62084804112233446c05", TCAP_P_BADLY_FORMATTED, 4 },
        /* AARQ without application context name; no AARQ, AARE or ABRT */
        { "621b4804112233446b132811060700118605010101a006600480020780",
          TCAP_P_INCORRECT, 4 },
        { "62174804112233446b0f280d060700118605010101a0026200",
          TCAP_P_INCORRECT, 4 },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct probe p;
        int cause = probe(&p, bad[i].hex);

        if (cause != bad[i].cause || p.m.otid.len != bad[i].otid_len)
            printf("<%s>\n", bad[i].hex);
        CHECK(cause == bad[i].cause);
        CHECK(p.m.otid.len == bad[i].otid_len);
    }
}

static void ignores_octets_behind_the_message(void)
{
    struct probe p;

    CHECK(probe(&p, "62054803998877"
                    "00000000") == -1);
}

static void has_no_component_without_component_portion(void)
{
    struct probe p;
    struct tcap_comp c;

    CHECK(probe(&p, "62264804623a95f3" AARQ_V3) == -1);
    CHECK(!p.m.has_components);
    CHECK(tcap_comp_next(&p.m.components, &c) == 0);
}

static void tells_what_to_reject_a_component_with(void)
{
    static const struct {
        const char *hex;
        uint8_t type, code;
        bool has_id;
    } bad[] = {
        { "a503020101", 0, 0, true },
        { "3003020101", 0, 0, true },
        { "a500", 0, 0, false },
        { "bf8a0503020101", 0, 0, true },
        { "a100", TCAP_INVOKE, 1, false },
        { "a103020101", TCAP_INVOKE, 1, true },
        { "a10402020101", TCAP_INVOKE, 1, false },
        { "a1060201010a012d", TCAP_INVOKE, 1, true },
        { "a109020101"
          "02012d300500",
          TCAP_INVOKE, 2, true },
        { "a10a02010102012d05000500", TCAP_INVOKE, 1, true },
        { "a10502010102092d", TCAP_INVOKE, 2, true },
        { "a2050201010500", TCAP_RESULT_LAST, 1, true },
        { "a305020101"
          "0500",
          TCAP_ERROR, 1, true },
        { "a4050201010500", TCAP_REJECT, 1, true },
        { "a1050201018000", TCAP_INVOKE, 1, true }, /* linked id empty */
        { "a200", TCAP_RESULT_LAST, 1, false },
        { "a20702010130000500", TCAP_RESULT_LAST, 1, true },
        { "a300", TCAP_ERROR, 1, false },
        { "a400", TCAP_REJECT, 1, false },
        { "a17f020101", 0, 2, false },
        { "a1", 0, 2, false },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t o[64];
        struct rd_err err;
        struct rd r = rd_init(o, unhex(bad[i].hex, o, sizeof(o)), &err);
        struct tcap_comp c;

        CHECK(tcap_comp_next(&r, &c) == -1);
        if (c.type != bad[i].type || c.problem_code != bad[i].code)
            printf("<%s>\n", bad[i].hex);
        CHECK(c.type == bad[i].type);
        CHECK(c.problem == TCAP_PROBLEM_GENERAL);
        CHECK(c.problem_code == bad[i].code);
        CHECK(c.has_id == bad[i].has_id && (!c.has_id || c.id == 1));
        CHECK(tcap_comp_next(&r, &c) == 0);
        CHECK(rd_ok(&r)); /* the message itself is not spoilt */
    }
}

static void takes_odd_components_that_do_no_harm(void)
{
    uint8_t o[64];
    struct rd_err err;
    /* a result whose SEQUENCE is empty, an error with a global code */
    struct rd r = rd_init(
        o, unhex("a2050201013000a30802010206032a0304", o, sizeof(o)), &err);
    struct tcap_comp c;

    CHECK(tcap_comp_next(&r, &c) == 1 && c.type == TCAP_RESULT_LAST);
    CHECK(c.id == 1 && !c.has_op && !c.has_param);
    CHECK(tcap_comp_next(&r, &c) == 1 && c.type == TCAP_ERROR);
    CHECK(c.id == 2 && c.error == -1);
    CHECK(tcap_comp_next(&r, &c) == 0);
}

static void a_bad_parameter_spoils_no_other_component(void)
{
    uint8_t o[64];
    struct rd_err err;
    struct rd r =
        rd_init(o, unhex("a10802010102012d0500a203020102", o, sizeof(o)), &err);
    struct tcap_comp c;

    CHECK(tcap_comp_next(&r, &c) == 1 && c.has_param);
    rd_fail(&c.param, "mistyped");
    CHECK(!rd_ok(&c.param));
    CHECK(tcap_comp_next(&r, &c) == 1 && c.type == TCAP_RESULT_LAST);
    CHECK(c.id == 2 && rd_ok(&c.param) && rd_left(&c.param) == 0);
}

static void writers_write_what_readers_read(void)
{
    static const uint8_t param[] = { 0x30, 0x00 };
    uint8_t buf[128], want[128];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t n = unhex("a10802010102012d3000"
                     "a203020101"
                     "a20a020102300502012c3000"
                     "a306020103020122"
                     "a3080201040201063000"
                     "a406020105810102"
                     "a4050500800101",
                     want, sizeof(want));

    tcap_invoke_write(&w, 1, 45, param, sizeof(param));
    tcap_result_write(&w, 1, 45, NULL, 0);
    tcap_result_write(&w, 2, 44, param, sizeof(param));
    tcap_error_write(&w, 3, 34, NULL, 0);
    tcap_error_write(&w, 4, 6, param, sizeof(param));
    tcap_reject_write(&w, true, 5, TCAP_PROBLEM_INVOKE, 2);
    tcap_reject_write(&w, false, 0, TCAP_PROBLEM_GENERAL, 1);
    CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
}

static void answers_a_version_it_does_not_have(void)
{
    const struct tcap_dialogue aare = {
        .pdu = TCAP_DLG_AARE,
        .has_version = true,
        .version1 = true,
        .acn = tcap_acn_map(20, 2),
        .result = 1,
        .diag_source = TCAP_DIAG_USER,
        .diag = 2,
    };
    const struct tcap_tid to = { .len = 4,
                                 .octet = { 0xc2, 0xd5, 0xfa, 0x89 } };
    uint8_t buf[128], want[128];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_ABORT, NULL, &to);
    size_t n = unhex("67324904c2d5fa896b2a2828060700118605010101a01d611b800207"
                     "80a109060704000001001402a203020101a305a103020102",
                     want, sizeof(want));

    tcap_dialogue_write(&w, &aare);
    tcap_close(&w, mark);
    CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
}

/* A message cut short is dropped, and octets cut off inside never matter. */
static void survives_truncation_at_every_octet(void)
{
    struct probe p, cut;
    struct tcap_comp c;

    CHECK(probe(&p, "624748048d93e860" AARQ_V3 "6c1f" SRI_INVOKE) == -1);
    for (size_t n = 0; n < p.len; n++) {
        memcpy(cut.o, p.o, n);
        cut.r = rd_init(cut.o, n, &cut.err);
        CHECK(tcap_msg_read(&cut.r, &cut.m) == TCAP_P_BADLY_FORMATTED);
        CHECK(cut.m.otid.len == 0);
        if (n < 2)
            continue;
        cut.o[1] = (uint8_t)(n - 2); /* now the outer length is right */
        cut.r = rd_init(cut.o, n, &cut.err);
        if (tcap_msg_read(&cut.r, &cut.m) == -1)
            CHECK(tcap_comp_next(&cut.m.components, &c) == 0);
    }
}

int main(void)
{
    SHOWS("TC-01 TC-02 TC-03 TC-08", messages_survive_the_round_trip);
    reads_every_field_of_a_begin();
    SHOWS("TC-03", reads_the_dialogue_of_an_answer);
    SHOWS("TC-03", titles_in_a_request_are_no_result);
    SHOWS("TC-03 MA-08", finds_the_map_user_information);
    SHOWS("TC-02", takes_every_form_of_length);
    SHOWS("TC-03 TC-19", knows_versions_by_their_bits);
    SHOWS("TC-05", tells_bad_messages_from_each_other);
    ignores_octets_behind_the_message();
    has_no_component_without_component_portion();
    SHOWS("TC-06", tells_what_to_reject_a_component_with);
    takes_odd_components_that_do_no_harm();
    SHOWS("TC-06", a_bad_parameter_spoils_no_other_component);
    writers_write_what_readers_read();
    SHOWS("TC-19 MA-02", answers_a_version_it_does_not_have);
    SHOWS("TC-05", survives_truncation_at_every_octet);
    return CHECK_DONE();
}

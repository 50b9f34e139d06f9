package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.admin.TestApiServer.NOW;
import static org.precertocsp.responder.admin.TestApiServer.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;

/// What callers can say of serials, and what they are told. Each test has serials of its own.
final class ChangeApiTest extends SharedApiServer {
    private static HttpResponse<String> say(String role, String facts, String serial, String more) {
        return say(role, facts, "tls", serial, more);
    }

    private static HttpResponse<String> say(
            String role, String facts, String issuer, String serial, String more) {
        return api.post(
                role,
                facts,
                "{\"issuer\": \"%s\", \"serial\": \"%s\"%s}".formatted(issuer, serial, more));
    }

    private static JsonNode known(String serial) {
        return json(api.get("viewer", "issuers/tls/serials/" + serial));
    }

    private static void assertDone(HttpResponse<String> response, String outcome, String state) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).path("outcome").asText()).isEqualTo(outcome);
        assertThat(json(response).path("state").asText()).isEqualTo(state);
    }

    private static void assertRefused(
            HttpResponse<String> response, int status, String field, String rule) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(json(response).path("status").asInt()).isEqualTo(status);
        assertThat(json(response).path("field").asText()).isEqualTo(field);
        assertThat(json(response).path("rule").asText()).isEqualTo(rule);
    }

    @Test
    @Requirement({"SS-01", "SS-18"})
    void a_serial_is_announced_then_assigned_by_its_precertificate_and_its_certificate() {
        BigInteger serial = BigInteger.valueOf(0x5a01);
        assertDone(say("issuer", "announcements", "5a01", ""), "added", "announced");
        assertDone(say("issuer", "announcements", "5a01", ""), "unchanged", "announced");
        KeyPair keys = TestCa.p256();
        String precertificate = pem(TestCa.encoded(api.tls.precertificate(serial, keys)));

        assertDone(submit(precertificate), "changed", "good");
        assertDone(submit(precertificate), "unchanged", "good");
        assertDone(
                submit(pem(TestCa.encoded(api.tls.issue(serial, keys, _ -> {})))),
                "changed",
                "good");
        assertThat(known("5a01").path("evidence"))
                .extracting(it -> it.path("by").asText())
                .containsExactly("precertificate", "certificate");
        assertThat(known("5a01").path("evidence").path(0).path("source").path("name").asText())
                .isEqualTo("issuer/issuer");
        assertRefused(say("issuer", "announcements", "5a01", ""), 409, "", "");
        assertRefused(say("issuer", "cancellations", "5a01", ""), 409, "", "SS-01");
    }

    @Test
    void an_announcement_can_be_taken_back_and_made_again() {
        say("issuer", "announcements", "5a02", "");

        assertDone(say("issuer", "cancellations", "5a02", ""), "changed", "unassigned");
        assertDone(say("issuer", "cancellations", "5a02", ""), "unchanged", "unassigned");
        assertDone(say("issuer", "announcements", "5a02", ""), "added", "announced");
    }

    @Test
    void a_certificate_may_be_der_pem_or_json() {
        byte[] der = TestCa.encoded(api.tls.precertificate(BigInteger.valueOf(0x5a03)));
        String base64 = Base64.getEncoder().encodeToString(der);

        assertDone(
                api.post("issuer", "certificates", "{\"certificate\": \"" + base64 + "\"}"),
                "added",
                "good");
        assertDone(submit(pem(der)), "unchanged", "good");
        assertRefused(submit(pem(der) + pem(der)), 422, "certificate", "");
        assertRefused(submit("no certificate"), 422, "certificate", "");
        assertThat(
                        api.send("issuer", "POST", "certificates", pem(der), "Content-Type", "a/b")
                                .statusCode())
                .isEqualTo(415);
    }

    @Test
    @Requirement({"SS-12", "SS-13"})
    void a_second_precertificate_on_one_serial_is_a_conflict() {
        submit(api.precertificate(0x5a04));

        HttpResponse<String> second = submit(api.precertificate(0x5a04));

        assertRefused(second, 409, "", "SS-12");
        assertThat(known("5a04").path("conflicts")).hasSize(1);
    }

    @Test
    void a_stranger_s_certificate_assigns_nothing() {
        TestCa stranger = TestCa.root("Root").subordinate("TLS");
        byte[] der = TestCa.encoded(stranger.precertificate(BigInteger.valueOf(0x5a05)));

        assertRefused(submit(pem(der)), 422, "certificate", "");
        assertThat(known("5a05").path("state").asText()).isEqualTo("unassigned");
    }

    @Test
    @Requirement({"SS-10", "CR-11", "CR-12"})
    void a_revocation_is_amended_with_history_and_never_taken_back() {
        submit(api.precertificate(0x5b01));
        assertDone(
                say("revoker", "revocations", "5b01", ", \"reason\": \"superseded\""),
                "changed",
                "revoked");
        String earlier = NOW.minus(Duration.ofDays(9)).toString();

        assertDone(
                say(
                        "revoker",
                        "amendments",
                        "5b01",
                        ", \"reason\": \"keyCompromise\", \"date\": \"" + earlier + "\""),
                "changed",
                "revoked");

        JsonNode now = known("5b01");
        assertThat(now.path("revocation").path("at").asText()).isEqualTo(earlier);
        assertThat(now.path("revocation").path("reason").asText()).isEqualTo("keyCompromise");
        assertThat(now.path("history").findValuesAsText("what"))
                .anyMatch(it -> it.contains("reason superseded → keyCompromise"));
        assertRefused(
                say("revoker", "amendments", "5b01", ", \"reason\": \"unspecified\""),
                422,
                "reason",
                "");
        assertRefused(
                say("revoker", "revocations", "5b01", ", \"reason\": \"superseded\""), 409, "", "");
        assertDone(
                say("revoker", "revocations", "5b01", ", \"reason\": \"keyCompromise\""),
                "unchanged",
                "revoked");
    }

    @Test
    void a_revocation_sent_again_later_does_not_move_its_date() {
        submit(api.precertificate(0x5b02));
        say("revoker", "revocations", "5b02", ", \"reason\": \"superseded\"");
        String before = known("5b02").path("revocation").path("at").asText();
        api.clock.pass(Duration.ofHours(1));
        try {
            assertDone(
                    say("revoker", "revocations", "5b02", ", \"reason\": \"superseded\""),
                    "unchanged",
                    "revoked");
        } finally {
            api.clock.pass(Duration.ofHours(-1));
        }
        assertThat(known("5b02").path("revocation").path("at").asText()).isEqualTo(before);
    }

    static Stream<Arguments> wrong_revocations() {
        String week = NOW.minus(Duration.ofDays(7)).toString();
        String tomorrow = NOW.plus(Duration.ofDays(1)).toString();
        return Stream.of(
                Arguments.of("tls", "\"reason\": \"removeFromCRL\"", "reason", "CR-09"),
                Arguments.of("tls", "\"reason\": \"certificateHold\"", "reason", "CR-08"),
                Arguments.of("tls", "\"reason\": \"boredom\"", "reason", ""),
                Arguments.of("tls", "\"date\": \"" + week + "\"", "reason", ""),
                Arguments.of(
                        "tls",
                        "\"reason\": \"superseded\", \"date\": \"" + week + "\"",
                        "date",
                        "CR-12"),
                Arguments.of(
                        "tls",
                        "\"reason\": \"superseded\", \"date\": \"" + tomorrow + "\"",
                        "date",
                        ""),
                Arguments.of(
                        "tls", "\"reason\": \"superseded\", \"date\": \"yesterday\"", "date", ""),
                Arguments.of(
                        "tls",
                        "\"reason\": \"superseded\", \"invalidityDate\": \"" + tomorrow + "\"",
                        "invalidityDate",
                        ""),
                Arguments.of(
                        "code-signing",
                        "\"reason\": \"keyCompromise\", \"invalidityDate\": \"" + week + "\"",
                        "invalidityDate",
                        "CR-14"),
                Arguments.of("tls", "\"reason\": \"superseded\", \"reson\": 1", "reson", ""),
                Arguments.of("tls", "\"reason\": 4", "reason", ""));
    }

    @ParameterizedTest
    @MethodSource("wrong_revocations")
    @Requirement({"CR-08", "CR-09", "CR-12", "CR-14"})
    void a_wrong_revocation_is_refused_naming_field_and_rule(
            String issuer, String fields, String field, String rule) {
        assertRefused(
                say("revoker", "revocations", issuer, "5b03", ", " + fields), 422, field, rule);
    }

    @Test
    @Requirement("CR-13")
    void code_signing_dates_may_follow_the_compromise_and_be_amended() {
        String week = NOW.minus(Duration.ofDays(7)).toString();
        String month = NOW.minus(Duration.ofDays(30)).toString();

        assertDone(
                say(
                        "revoker",
                        "revocations",
                        "code-signing",
                        "5b04",
                        ", \"unknownSerial\": true, \"reason\": \"privilegeWithdrawn\", \"date\": \"%s\", \"invalidityDate\": \"%s\""
                                .formatted(week, week)),
                "added",
                "revoked");
        assertDone(
                say(
                        "revoker",
                        "amendments",
                        "code-signing",
                        "5b04",
                        ", \"date\": \"" + month + "\""),
                "changed",
                "revoked");
        JsonNode now = json(api.get("viewer", "issuers/code-signing/serials/5b04"));
        assertThat(now.path("revocation").path("at").asText()).isEqualTo(month);
        assertThat(now.path("revocation").path("invalidityDate").asText()).isEqualTo(month);
    }

    @Test
    @Requirement({"SA-09", "CR-07"})
    void the_certificate_of_a_ca_is_not_revoked_without_a_reason() {
        submit(pem(TestCa.encoded(api.tls.subordinate("Sub").holder())));

        assertRefused(
                say("revoker", "revocations", "02", ", \"reason\": \"unspecified\""),
                422,
                "reason",
                "");
        assertDone(
                say("revoker", "revocations", "02", ", \"reason\": \"superseded\""),
                "changed",
                "revoked");
    }

    @Test
    void a_serial_nobody_knows_is_taken_for_mistyped_unless_the_caller_says_otherwise() {
        String reason = ", \"reason\": \"superseded\"";
        assertRefused(say("revoker", "revocations", "5b77", reason), 422, "serial", "");
        assertThat(known("5b77").path("state").asText()).isEqualTo("unassigned");
        assertRefused(
                say("revoker", "revocations", "5b77", reason + ", \"unknownSerial\": \"yes\""),
                422,
                "unknownSerial",
                "");

        assertDone(
                say("revoker", "revocations", "5b77", reason + ", \"unknownSerial\": true"),
                "added",
                "revoked");
        assertDone(say("revoker", "revocations", "5b77", reason), "unchanged", "revoked");
        say("issuer", "announcements", "5b78", "");
        assertDone(say("revoker", "revocations", "5b78", reason), "added", "revoked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reason\": \"because\"",
                "\"reason\": \"null\"",
                "\"reason\": \"\"",
                "\"reason\": \"superseded\", \"date\": \"2026-02-30\"",
                "\"reason\": \"superseded\", \"date\": \"2026-02-01\"",
                "\"reason\": \"superseded\", \"date\": \"2026-02-01 12:00:00\"",
                "\"reason\": \"superseded\", \"date\": \"1793534400\"",
            })
    void what_a_list_may_leave_out_a_caller_is_asked_to_mend(String fields) {
        submit(api.precertificate(0x5b79));

        assertThat(say("revoker", "revocations", "5b79", ", " + fields).statusCode())
                .isEqualTo(422);
        assertThat(known("5b79").path("state").asText()).isEqualTo("good");
    }

    @Test
    @Requirement("CR-15")
    void a_date_asked_for_by_a_root_programme_is_taken_with_a_comment_that_says_so() {
        submit(api.precertificate(0x5b05));
        String week = NOW.minus(Duration.ofDays(7)).toString();

        assertDone(
                say(
                        "revoker",
                        "revocations",
                        "5b05",
                        ", \"reason\": \"superseded\", \"date\": \"%s\", \"comment\": \"asked by Microsoft\""
                                .formatted(week)),
                "changed",
                "revoked");
        assertThat(known("5b05").path("history").findValuesAsText("name"))
                .contains("revoker/revoker: asked by Microsoft");
    }

    @Test
    void only_a_revocation_is_amended() {
        submit(api.precertificate(0x5b06));

        assertRefused(
                say("revoker", "amendments", "5b06", ", \"reason\": \"superseded\""), 409, "", "");
        assertRefused(say("revoker", "amendments", "5b06", ""), 400, "", "");
    }

    static Stream<Arguments> unreadable_bodies() {
        return Stream.of(
                Arguments.of("", 400, ""),
                Arguments.of("[]", 400, ""),
                Arguments.of("{} {}", 400, ""),
                Arguments.of("{\"issuer\": \"tls\", \"issuer\": \"tls\"}", 400, ""),
                Arguments.of("{}", 422, "issuer"),
                Arguments.of("{\"issuer\": \"nobody\"}", 422, "issuer"),
                Arguments.of("{\"issuer\": \"tls\"}", 422, "serial"),
                Arguments.of("{\"issuer\": \"tls\", \"serial\": \"xyz\"}", 422, "serial"),
                Arguments.of(
                        "{\"issuer\": \"tls\", \"serial\": \"%s\"}".formatted("01".repeat(21)),
                        422,
                        "serial"),
                Arguments.of(
                        "{\"issuer\": \"tls\", \"serial\": \"1\", \"comment\": \"\"}",
                        422,
                        "comment"),
                Arguments.of("\"" + "a".repeat(70_000) + "\"", 413, ""));
    }

    @ParameterizedTest
    @MethodSource("unreadable_bodies")
    void a_body_that_says_nothing_sensible_is_refused(String body, int status, String field) {
        assertRefused(api.post("issuer", "announcements", body), status, field, "");
    }

    @Test
    void while_another_set_is_open_a_request_waits_a_little_and_may_come_again() {
        ChangeSource load = new ChangeSource("crl", "large.crl", ByteString.of(), NOW);
        try (ChangeSet _ = api.store.begin(load)) {
            HttpResponse<String> response = say("issuer", "announcements", "5a06", "");

            assertRefused(response, 503, "", "");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
        assertDone(say("issuer", "announcements", "5a06", ""), "added", "announced");
    }

    @Test
    void wrong_addresses_and_methods_are_problems_too() {
        HttpResponse<String> wrongMethod = api.get("issuer", "announcements");

        assertRefused(api.get("viewer", "nothing"), 404, "", "");
        assertRefused(wrongMethod, 405, "", "");
        assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
        assertRefused(api.get("viewer", "issuers/nobody/serials/1"), 422, "issuer", "");
        String type = json(wrongMethod).path("type").asText();
        assertThat(json(api.get("viewer", type.replace("/v1/", ""))).path("status").asInt())
                .isEqualTo(405);
    }

    @Test
    void an_unassigned_serial_has_an_empty_dossier() {
        assertThat(known("77").path("state").asText()).isEqualTo("unassigned");
        assertThat(Optional.of(known("77")).map(it -> it.path("history").size())).contains(0);
    }

    private static String pem(byte[] der) {
        return TestCa.pem("CERTIFICATE", der);
    }
}
